using System.Buffers.Binary;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>name_to_handle_at(2) and open_by_handle_at(2), by which NFS servers and others hold files without opening them.</summary>
internal static unsafe class HandleCalls
{
    /// <summary>name_to_handle_at(2) with room for <paramref name="room"/> bytes; <paramref name="needed"/> is the handle's size even when that was too little.</summary>
    internal static Outcome TryHandle(string path, out FileHandle handle, out int needed, int flags = 0, int room = FileHandle.MaxSize)
    {
        byte[] buffer = new byte[FileHandle.HeaderSize + room];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, room);
        int mount;
        Outcome outcome;
        fixed (byte* p = buffer)
            outcome = Outcome.Of($"name_to_handle_at({Name.Shown(path)})", Libc.name_to_handle_at(AT_FDCWD, Name.Bytes(path), p, &mount, flags));
        needed = BinaryPrimitives.ReadInt32LittleEndian(buffer);
        handle = outcome.Succeeded ? FileHandle.Read(buffer) : new FileHandle(0, "");
        return outcome;
    }

    /// <summary>The handle of a path, which must have one; symlinks are not followed.</summary>
    internal static FileHandle Handle(string path)
    {
        TryHandle(path, out var handle, out _).Ok();
        return handle;
    }

    /// <summary>open_by_handle_at(2) on the file system that <paramref name="mount"/> is open on.</summary>
    internal static Outcome OpenHandle(int mount, FileHandle handle, int flags)
    {
        fixed (byte* p = handle.ToBytes())
            return Outcome.Of($"open_by_handle_at({handle.Type}:{handle.Bytes}, 0x{flags:x})", Libc.open_by_handle_at(mount, p, flags | O_CLOEXEC));
    }
}
