"""What is said of drives, pictures and the process that reads them: T2, T5, and the couriers' own codes."""

_DRIVE = "Nothing was taken over. Do not use this drive again before you know who put this on it."
_OTHER_PDF = (
    "Ask the sender for an ordinary PDF of the same text; its hash will differ, so the contract must name that one."
)
_ANOTHER = "Show the code again, closer and straight, or carry the message by USB."

SENTENCES: dict[str, tuple[str, str]] = {
    "T2.name": (
        "The file name {name} is not one that is read from a drive.",
        "Use letters, digits, dot, dash and underscore only, without folders.",
    ),
    "T2.absent": (
        "There is no file {name} on the drive.",
        "Choose the right drive and folder, or write the file again.",
    ),
    "T2.link": ("{name} is a link to something else, not a file.", _DRIVE),
    "T2.not-a-file": ("{name} is not an ordinary file.", _DRIVE),
    "T2.outside": ("{name} leads away from the drive.", _DRIVE),
    "T2.size": ("{name} has {size} bytes; at most {limit} are read.", "Check that it is the right file."),
    "T2.changed": (
        "{name} changed while it was looked at.",
        "Nothing was taken over. Close every other program that uses the drive and try again.",
    ),
    "T2.entries": (
        "The folder holds more than {limit} files.",
        "Use a drive that carries only what is to be handed over.",
    ),
    "T5.version": ("A code of version {found} is not offered.", "Choose a density from {least} to {limit}."),
    "T5.too-dense": (
        "The text has {characters} characters; one picture holds {limit}.",
        "Show it as an animated code instead.",
    ),
    "T5.picture": ("This is not a PNG or JPEG picture, or it is damaged.", _ANOTHER),
    "T5.file-size": ("The picture file has {size} bytes; at most {limit} are read.", "Take a smaller picture."),
    "T5.frame-size": ("The picture is {width} by {height} pixels: larger than a 4K frame.", "Take a smaller picture."),
    "T5.time": ("Reading the picture took too long and was stopped. It was left out.", _ANOTHER),
    "T5.decoder-fault": (
        "The process that reads pictures ended unexpectedly (status {status}). The picture was left out.",
        "The next picture is read by a new process. If the same picture does it again, keep it and report it.",
    ),
    "couriers.drive": (
        "The folder {folder} cannot be used: {reason}.",
        "Insert the drive again, check that it is writable and not full, and try again.",
    ),
    "couriers.drives": (
        "The removable drives of this machine cannot be listed: {reason}.",
        "Type or choose the folder of the drive instead.",
    ),
    "couriers.no-drive-here": (
        "{folder} is not on a removable drive that is mounted here, so there is nothing to eject.",
        "If it is a drive all the same, eject it with your system before you pull it out.",
    ),
    "couriers.not-ejected": (
        "The drive at {folder} was written out, but could not be unmounted: {reason}.",
        "Close what still uses the drive and try again, or eject it with your system before you pull it out.",
    ),
    "couriers.no-eject": (
        "The drive at {folder} was written out, but this machine has neither udisksctl nor umount.",
        "Eject the drive with your system before you pull it out.",
    ),
    "couriers.read-back": (
        "The drive gave back other bytes than were written to {name}.",
        "Do not use this drive. Write the file to another one.",
    ),
    "couriers.picture-reader": (
        "The process that reads pictures could not be started ({reason}).",
        "Carry the message by USB, or start the program again.",
    ),
    "couriers.not-isolated": (
        "This machine must not be able to open a network connection, but it still can ({family}).",
        "Do not sign on it. Disconnect every network, and start the air-gapped console again.",
    ),
    "couriers.frames-missing": (
        "The {pictures} pictures do not carry a whole message.",
        "Take all pictures of the row; some of them may have been lost.",
    ),
    "couriers.no-frames": ("There is nothing to draw.", "Ask for the request or the answer again."),
    "couriers.pdf-size": ("The PDF has {size} bytes; at most {limit} are opened.", _OTHER_PDF),
    "couriers.pdf-damaged": ("This PDF is damaged or has no page.", _OTHER_PDF),
    "couriers.pdf-encrypted": (
        "This PDF is encrypted. No password is asked for here, so it cannot be shown.",
        "Do not rely on what you have not read. Ask the parties for a contract whose text is not encrypted.",
    ),
    "couriers.pdf-pages": ("The PDF has {count} pages; at most {limit} are shown.", _OTHER_PDF),
    "couriers.pdf-page-size": (
        "Page {page} of the PDF measures {width} by {height} points: no page of paper.",
        _OTHER_PDF,
    ),
    "couriers.pdf-page": (
        "Page {page} of the PDF cannot be drawn.",
        "The other pages can. Do not rely on this one before you have read it elsewhere from a file with the same hash.",
    ),
    "couriers.pdf-time": (
        "Drawing this PDF took too long and was stopped.",
        "Nothing else was touched. Ask the sender for an ordinary PDF of the same text, and keep this one as evidence.",
    ),
    "couriers.pdf-fault": (
        "The closed process that draws PDF pages ended unexpectedly (status {status}).",
        "Nothing else was touched. Try once more; if it ends again, keep the file as evidence and ask its sender about it.",
    ),
    "couriers.pdf-painter": (
        "The process that draws PDF pages could not be started ({reason}).",
        "Start the program again. If that does not help, its installation is not whole.",
    ),
    "couriers.pdf-closed": ("The document was closed before its page was drawn.", "Open the legal text again."),
}
