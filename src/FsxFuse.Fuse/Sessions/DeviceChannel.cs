using System.Runtime.InteropServices;
using FsxFuse.Fuse.Native;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Fuse;

/// <summary>
/// /dev/fuse. Every call holds a reference to the handle: a reply that comes after the session was disposed must find the device gone, not another file
/// under the same number.
/// </summary>
internal sealed unsafe class DeviceChannel(SafeFileHandle device) : FuseChannel
{
    public override int Read(byte* buffer, int capacity)
    {
        if (!TryEnter(out int fd))
        {
            return -(int)Errno.ENODEV;
        }

        int result = Result(LibC.read(fd, buffer, (nuint)capacity));
        device.DangerousRelease();
        return result;
    }

    public override int Write(byte* message, int length)
    {
        if (!TryEnter(out int fd))
        {
            return -(int)Errno.ENODEV;
        }

        int result = Result(LibC.write(fd, message, (nuint)length));
        device.DangerousRelease();
        return result;
    }

    public override int WriteVector(IOVector* vectors, int count)
    {
        if (!TryEnter(out int fd))
        {
            return -(int)Errno.ENODEV;
        }

        int result = Result(LibC.writev(fd, vectors, count));
        device.DangerousRelease();
        return result;
    }

    public override int Control(nuint command, void* argument)
    {
        if (!TryEnter(out int fd))
        {
            return -(int)Errno.ENODEV;
        }

        int result = Result(LibC.ioctl(fd, command, argument));
        device.DangerousRelease();
        return result;
    }

    private bool TryEnter(out int fd)
    {
        bool added = false;
        if (!device.IsClosed)
        {
            try
            {
                device.DangerousAddRef(ref added);
            }
            catch (ObjectDisposedException)
            {
                // Closed in between.
            }
        }

        fd = added ? (int)device.DangerousGetHandle() : -1;
        return added;
    }

    private static int Result(nint result) => result >= 0 ? (int)result : -Marshal.GetLastSystemError();
}
