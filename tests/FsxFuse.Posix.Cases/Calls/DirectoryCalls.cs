using System.Runtime.InteropServices;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>getdents64(2) and what is built on it; telldir and seekdir are <c>d_off</c> and lseek(2).</summary>
internal static unsafe class DirectoryCalls
{
    /// <summary>One getdents64 call; an empty list is the end.</summary>
    internal static Outcome Getdents(int fd, out List<DirectoryEntry> entries, int room = 32768)
    {
        byte[] buffer = new byte[room];
        entries = [];
        Outcome outcome;
        fixed (byte* p = buffer)
            outcome = Outcome.Of($"getdents64({fd}, {room})", Libc.syscall(SYS_getdents64, fd, (nint)p, room, 0, 0));
        for (int at = 0; at < outcome.Value;)
        {
            var entry = buffer.AsSpan(at);
            int length = MemoryMarshal.Read<ushort>(entry[16..]);
            var name = entry[19..length];
            entries.Add(new(Name.Text(name[..name.IndexOf((byte)0)]), MemoryMarshal.Read<ulong>(entry), MemoryMarshal.Read<long>(entry[8..]), entry[18]));
            at += length;
        }
        return outcome;
    }

    /// <summary>The rest of an open directory.</summary>
    internal static List<DirectoryEntry> ReadAll(int fd, int room = 32768)
    {
        var all = new List<DirectoryEntry>();
        while (Getdents(fd, out var some, room).Ok() > 0)
            all.AddRange(some);
        return all;
    }

    /// <summary>A directory's entries, with <c>.</c> and <c>..</c>.</summary>
    internal static List<DirectoryEntry> Entries(string path)
    {
        int fd = (int)Open(path, O_RDONLY | O_DIRECTORY).Ok();
        try
        {
            return ReadAll(fd);
        }
        finally
        {
            Libc.close(fd);
        }
    }

    /// <summary>The sorted names without <c>.</c> and <c>..</c>, joined with spaces.</summary>
    internal static string Names(string path) =>
        string.Join(' ', Entries(path).Select(e => e.Name).Where(n => n is not ("." or "..")).Order(StringComparer.Ordinal));
}
