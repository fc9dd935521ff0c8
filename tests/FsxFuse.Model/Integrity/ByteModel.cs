namespace FsxFuse.Model;

/// <summary>What a few files must hold: arrays of bytes, and handles on them. Names are never removed, and every call is root's.</summary>
internal sealed class ByteModel : ISubject
{
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly (string Path, int Flags)?[] _handles = new (string, int)?[Side.Slots];

    /// <summary>The bytes of every file.</summary>
    internal IReadOnlyDictionary<string, byte[]> Files => _files;

    internal bool IsOpen(int slot) => _handles[slot] is not null;

    internal bool Is(int slot, int flag) => _handles[slot] is { } handle && (handle.Flags & flag) == flag;

    internal int LengthOf(int slot) => _handles[slot] is { } handle ? _files[handle.Path].Length : 0;

    public void CloseAll() => Array.Clear(_handles);

    public Observation Execute(Operation o)
    {
        switch (o.Kind)
        {
            case OperationKind.Open:
                _files.TryAdd(o.Path, []);
                if ((o.Flags & O_TRUNC) != 0)
                    _files[o.Path] = [];
                _handles[o.Handle] = (o.Path, o.Flags);
                return new("0");
            case OperationKind.Truncate:
                return _files.ContainsKey(o.Path) ? Change(o.Path, bytes => Resized(bytes, o.Length)) : new(nameof(Errno.ENOENT));
        }

        if (_handles[o.Handle] is not { } handle)
            return Observation.Skipped;
        byte[] file = _files[handle.Path];
        switch (o.Kind)
        {
            case OperationKind.Close:
                _handles[o.Handle] = null;
                return new("0");
            case OperationKind.ReadAt:
            case OperationKind.ReadVector:
                byte[] read = file[(int)Math.Min(o.Offset, file.Length)..(int)Math.Min(o.Offset + o.Length, file.Length)];
                return new($"{read.Length}", read);
            case OperationKind.WriteAt:
            case OperationKind.WriteVector:
                // pwrite(2), BUGS: with O_APPEND Linux appends whatever the offset.
                Write(handle.Path, (handle.Flags & O_APPEND) != 0 ? file.Length : o.Offset, Fill(o));
                return new($"{o.Length}");
            case OperationKind.MapWrite:
            case OperationKind.MapRead:
                if (o.Length == 0 || o.Offset + o.Length > file.Length)
                    return Observation.Skipped;
                if (o.Kind == OperationKind.MapRead)
                    return new($"{o.Length}", file[(int)o.Offset..(int)(o.Offset + o.Length)]);
                Write(handle.Path, o.Offset, Fill(o));
                return new("0");
            case OperationKind.TruncateHandle:
                return Change(handle.Path, bytes => Resized(bytes, o.Length));
            case OperationKind.Allocate:
                return Change(handle.Path, bytes => Allocated(bytes, o));
            case OperationKind.Copy:
                return Copy(o, file);
            default:
                return new("0");
        }
    }

    private Observation Copy(Operation o, byte[] source)
    {
        if (_handles[o.ToHandle] is not { } to)
            return Observation.Skipped;
        if ((to.Flags & O_APPEND) != 0)
            return new(nameof(Errno.EBADF));

        // Overlapping is what is there to be copied, not what was asked for (generic_copy_file_checks).
        byte[] copied = source[(int)Math.Min(o.Offset, source.Length)..(int)Math.Min(o.Offset + o.Length, source.Length)];
        if (to.Path == _handles[o.Handle]!.Value.Path && Math.Abs(o.Offset - o.ToOffset) < copied.Length)
            return new(nameof(Errno.EINVAL));
        if (copied.Length > 0)
            Write(to.Path, o.ToOffset, copied);
        return new($"{copied.Length}");
    }

    private Observation Change(string path, Func<byte[], byte[]> change)
    {
        _files[path] = change(_files[path]);
        return new("0");
    }

    private void Write(string path, long offset, byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        byte[] file = Resized(_files[path], Math.Max(_files[path].Length, offset + bytes.Length));
        bytes.CopyTo(file, offset);
        _files[path] = file;
    }

    private static byte[] Allocated(byte[] bytes, Operation o)
    {
        byte[] changed = (o.Flags & FALLOC_FL_KEEP_SIZE) != 0 ? bytes : Resized(bytes, Math.Max(bytes.Length, o.Offset + o.Length));
        if ((o.Flags & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) != 0 && o.Offset < changed.Length)
            changed.AsSpan((int)o.Offset, (int)Math.Min(o.Length, changed.Length - o.Offset)).Clear();
        return changed;
    }

    private static byte[] Resized(byte[] bytes, long length)
    {
        Array.Resize(ref bytes, (int)length);
        return bytes;
    }

    private static byte[] Fill(Operation o)
    {
        byte[] bytes = new byte[o.Length];
        Pattern.Fill(bytes, o.Seed);
        return bytes;
    }
}
