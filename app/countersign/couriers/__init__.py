"""What carries bytes across the air gap: USB folders and QR pictures.

Modules:

    usb              files on a removable drive: written atomically and read back, read as if an enemy had written them
    kernel           openat2, where the kernel has it
    pictures         QR codes drawn and read; the one door of zxing-cpp
    isolation        what a cold console's process gives up: every network
    confinement      what a process gives up before it looks at a stranger's picture
    picture_child    the process that looks
    picture_reader   starts, limits and restarts that process: `decode(frame) -> texts`, for camera and files alike
    frames           a UR message as numbered pictures in a folder, and back

This room does I/O: files, pipes, one child process. It knows nothing of contracts, keys or what the bytes mean; whoever
calls it from the window does so off the window's thread.
"""
