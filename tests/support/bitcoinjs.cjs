// bitcoinjs-lib at work for `bitcoinjs.py`: a list of jobs as JSON on stdin, a list of answers on stdout.
//
//   node bitcoinjs.cjs FOLDER-WITH-node_modules
//
// {"do": "sign", "psbt", "secrets"}   → the PSBT with a signature of each secret wherever a script names its key
// {"do": "combine", "psbts"}          → one PSBT
// {"do": "finish", "psbt"}            → {"psbt", "transaction"}: finalised, and the network serialisation in hex
// PSBTs are base64, secrets 32 bytes in hex.
"use strict";
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");
const from = createRequire(`${process.argv[2]}/`);
const { Psbt } = from("bitcoinjs-lib");
const curve = from("tiny-secp256k1");

const signer = (hex) => {
  const secret = Uint8Array.from(Buffer.from(hex, "hex"));
  return { publicKey: curve.pointFromScalar(secret, true), sign: (digest) => curve.sign(digest, secret) };
};

const work = {
  sign({ psbt, secrets }) {
    const read = Psbt.fromBase64(psbt);
    const signers = secrets.map(signer);
    read.data.inputs.forEach((input, index) => {
      const script = Buffer.from(input.witnessScript);
      for (const each of signers) if (script.includes(each.publicKey)) read.signInput(index, each);
    });
    return read.toBase64();
  },
  combine({ psbts }) {
    const [first, ...others] = psbts.map((psbt) => Psbt.fromBase64(psbt));
    return first.combine(...others).toBase64();
  },
  finish({ psbt }) {
    const read = Psbt.fromBase64(psbt);
    read.finalizeAllInputs();
    // true: the fee rate is not this program's business here.
    return { psbt: read.toBase64(), transaction: read.extractTransaction(true).toHex() };
  },
};

const jobs = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(jobs.map((job) => work[job.do](job))));
