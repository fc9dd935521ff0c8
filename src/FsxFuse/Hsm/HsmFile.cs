using System.Text;
using FsxFuse.FileSystem;
using FsxFuse.Metadata;
using FsxFuse.Native;

namespace FsxFuse.Hsm;

/// <summary>
/// A file's copy in its repository, asked about through the mount itself: so it works for every user, in containers, and for whatever name the
/// file is reached by.
/// </summary>
internal static class HsmFile
{
    /// <summary>The state as text, or null with the errno.</summary>
    public static string? State(string path, out int errno) => Attribute(path, HsmRequests.StateAttribute, out errno);

    /// <summary>What is in progress as text, or null with the errno.</summary>
    public static string? Action(string path, out int errno) => Attribute(path, HsmRequests.ActionAttribute, out errno);

    /// <summary>What a person should know about it, or null.</summary>
    public static string? Note(string path) => Attribute(path, HsmRequests.NoteAttribute, out _);

    /// <summary>Makes a request; 0, or the errno.</summary>
    public static unsafe int Request(string path, HsmAction action, HsmFlags flags)
    {
        // O_NONBLOCK: a FIFO must not hold up who names it by mistake. Who may not read it is refused here.
        const int O_RDONLY = 0, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000, O_NOCTTY = 0x100;
        int fd = Libc.Open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
            return System.Runtime.InteropServices.Marshal.GetLastSystemError();
        try
        {
            uint* argument = stackalloc uint[HsmRequests.ArgumentSize / sizeof(uint)];
            (argument[0], argument[1]) = ((uint)action, (uint)flags);
            return Libc.Ioctl(fd, HsmRequests.Command, argument) == 0 ? 0 : System.Runtime.InteropServices.Marshal.GetLastSystemError();
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    /// <summary>Whether an errno says that the file is on no mount of ours.</summary>
    public static bool IsForeign(int errno) => errno is Libc.ENODATA or Libc.EOPNOTSUPP or Libc.ENOTTY;

    private static unsafe string? Attribute(string path, string name, out int errno)
    {
        Span<byte> value = stackalloc byte[4096];
        fixed (byte* start = value)
        {
            nint length = Libc.GetAttribute(path, name, start, value.Length);
            errno = length < 0 ? System.Runtime.InteropServices.Marshal.GetLastSystemError() : 0;
            return length < 0 ? null : Encoding.UTF8.GetString(value[..(int)length]);
        }
    }
}
