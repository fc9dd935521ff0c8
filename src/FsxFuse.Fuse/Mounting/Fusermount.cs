using System.Globalization;
using System.Runtime.InteropServices;
using FsxFuse.Fuse.Native;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Fuse;

/// <summary>Mounting as an ordinary user, by the setuid program fusermount3(1): it opens the device, mounts, and passes the device over a socket.</summary>
internal static unsafe class Fusermount
{
    /// <summary>Mounts and receives the device.</summary>
    /// <exception cref="FuseException">With what the program had to say.</exception>
    public static SafeFileHandle Mount(MountOptions options, string mountPoint)
    {
        int* pair = stackalloc int[2];
        if (LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM_CLOEXEC, 0, pair) != 0)
        {
            throw new FuseException("socketpair", (Errno)Marshal.GetLastSystemError());
        }

        try
        {
            string[] arguments = [options.FusermountPath, "-o", options.FusermountData(), "--", mountPoint];
            int exit = ChildProcess.Run(arguments, pair[1], "_FUSE_COMMFD=" + pair[1].ToString(CultureInfo.InvariantCulture), out string errors);

            // Without its other end the socket reports the end instead of blocking when nothing was sent.
            _ = LibC.close(pair[1]);
            pair[1] = -1;
            if (exit != 0)
            {
                throw new FuseException(errors.Length > 0 ? errors : $"{options.FusermountPath} ended with {exit}", Errno.None);
            }

            int device = ReceiveDescriptor(pair[0]);
            return device >= 0
                ? new SafeFileHandle(device, ownsHandle: true)
                : throw new FuseException($"{options.FusermountPath} passed no device", Errno.None);
        }
        finally
        {
            _ = LibC.close(pair[0]);
            if (pair[1] >= 0)
            {
                _ = LibC.close(pair[1]);
            }
        }
    }

    /// <summary>Unmounts what this user mounted.</summary>
    /// <exception cref="FuseException">With what the program had to say.</exception>
    public static void Unmount(string fusermount, string mountPoint, bool lazy)
    {
        int exit = ChildProcess.Run([fusermount, lazy ? "-uz" : "-u", "--", mountPoint], -1, null, out string errors);
        if (exit != 0)
        {
            throw new FuseException(errors.Length > 0 ? errors : $"{fusermount} ended with {exit}", errors.Contains("busy", StringComparison.OrdinalIgnoreCase) ? Errno.EBUSY : Errno.None);
        }
    }

    private static int ReceiveDescriptor(int socket)
    {
        // cmsghdr {size_t length; int level; int type} and one int.
        const int HeaderSize = 16;
        byte* control = stackalloc byte[32];
        byte data;
        IOVector vector = new(&data, 1);
        MessageHeader message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 32 };
        nint received;
        do
        {
            received = LibC.recvmsg(socket, &message, LibC.MSG_CMSG_CLOEXEC);
        }
        while (received < 0 && Marshal.GetLastSystemError() == (int)Errno.EINTR);

        return received > 0 && message.ControlLength >= HeaderSize + sizeof(int) ? *(int*)(control + HeaderSize) : -1;
    }
}
