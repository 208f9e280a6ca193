"""The crossing to a machine that is never online: what travels, how it is cut into pictures, and what is accepted.

Modules, from the outside in:

    phrase      twelve words that two people compare aloud
    session     T1: this sender, this recipient, this desk, in order; the same request is answered from the record
    envelope    the signed CBOR map that travels, and its two bodies
    request     body: an instruction with every event that proves it
    answer      body: a share or a signed refusal
    members     strict readers for the maps inside
    psbt_ur     a plain PSBT for other vendors' devices
    ur          BCR-2020-005 UR 2.0, one part or many
    fountain    BCR-2024-001: any sufficient set of parts restores the message
    limits      how large a message may be
    xoshiro     the reference's generator and sampler, which choose what a part mixes
    bytewords   BCR-2020-012

Pure: bytes and texts in, bytes and texts out. No camera, file, clock or randomness; time is an argument.
"""
