using System.Text;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>Extended attributes, xattr(7).</summary>
internal static unsafe class AttributeCalls
{
    internal static Outcome Setxattr(string path, string name, ReadOnlySpan<byte> value, int flags = 0)
    {
        fixed (byte* p = value)
            return Outcome.Of($"setxattr({Name.Shown(path)}, {Name.Shown(name)}, {value.Length}, {flags})", Libc.setxattr(Name.Bytes(path), Name.Bytes(name), p, value.Length, flags));
    }

    internal static Outcome Setxattr(string path, string name, string value, int flags = 0) => Setxattr(path, name, Utf8(value), flags);

    internal static Outcome Lsetxattr(string path, string name, ReadOnlySpan<byte> value, int flags = 0)
    {
        fixed (byte* p = value)
            return Outcome.Of($"lsetxattr({Name.Shown(path)}, {name}, {value.Length}, {flags})", Libc.lsetxattr(Name.Bytes(path), Name.Bytes(name), p, value.Length, flags));
    }

    internal static Outcome Fsetxattr(int fd, string name, ReadOnlySpan<byte> value, int flags = 0)
    {
        fixed (byte* p = value)
            return Outcome.Of($"fsetxattr({fd}, {name}, {value.Length}, {flags})", Libc.fsetxattr(fd, Name.Bytes(name), p, value.Length, flags));
    }

    internal static Outcome Getxattr(string path, string name, Span<byte> into)
    {
        fixed (byte* p = into)
            return Outcome.Of($"getxattr({Name.Shown(path)}, {Name.Shown(name)}, {into.Length})", Libc.getxattr(Name.Bytes(path), Name.Bytes(name), p, into.Length));
    }

    internal static Outcome Lgetxattr(string path, string name, Span<byte> into)
    {
        fixed (byte* p = into)
            return Outcome.Of($"lgetxattr({Name.Shown(path)}, {name}, {into.Length})", Libc.lgetxattr(Name.Bytes(path), Name.Bytes(name), p, into.Length));
    }

    internal static Outcome Fgetxattr(int fd, string name, Span<byte> into)
    {
        fixed (byte* p = into)
            return Outcome.Of($"fgetxattr({fd}, {name}, {into.Length})", Libc.fgetxattr(fd, Name.Bytes(name), p, into.Length));
    }

    internal static Outcome Listxattr(string path, Span<byte> into)
    {
        fixed (byte* p = into)
            return Outcome.Of($"listxattr({Name.Shown(path)}, {into.Length})", Libc.listxattr(Name.Bytes(path), p, into.Length));
    }

    internal static Outcome Flistxattr(int fd, Span<byte> into)
    {
        fixed (byte* p = into)
            return Outcome.Of($"flistxattr({fd}, {into.Length})", Libc.flistxattr(fd, p, into.Length));
    }

    internal static Outcome Removexattr(string path, string name) =>
        Outcome.Of($"removexattr({Name.Shown(path)}, {Name.Shown(name)})", Libc.removexattr(Name.Bytes(path), Name.Bytes(name)));

    internal static Outcome Lremovexattr(string path, string name) =>
        Outcome.Of($"lremovexattr({Name.Shown(path)}, {name})", Libc.lremovexattr(Name.Bytes(path), Name.Bytes(name)));

    internal static Outcome Fremovexattr(int fd, string name) =>
        Outcome.Of($"fremovexattr({fd}, {name})", Libc.fremovexattr(fd, Name.Bytes(name)));

    /// <summary>The value of an attribute that must exist.</summary>
    internal static byte[] Attribute(string path, string name)
    {
        byte[] buffer = new byte[65536];
        return buffer[..(int)Getxattr(path, name, buffer).Ok()];
    }

    internal static string AttributeText(string path, string name) => Encoding.UTF8.GetString(Attribute(path, name));

    /// <summary>The sorted attribute names, less what the system adds by itself (a security label), joined with spaces.</summary>
    internal static string AttributeNames(string path)
    {
        byte[] buffer = new byte[65536];
        int length = (int)Listxattr(path, buffer).Ok();
        var names = Encoding.UTF8.GetString(buffer, 0, length).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', names.Where(n => n != "security.selinux").Order(StringComparer.Ordinal));
    }
}
