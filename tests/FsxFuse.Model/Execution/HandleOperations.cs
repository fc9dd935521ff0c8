using static FsxFuse.Posix.Cases.Calls.FileCalls;
using static FsxFuse.Posix.Cases.Calls.PathCalls;

namespace FsxFuse.Model;

/// <summary>Operations on open files and their bytes.</summary>
internal static class HandleOperations
{
    private const int Page = 4096;

    internal static Observation Execute(Operation o, Side side)
    {
        int fd = side.Descriptor(o.Handle);
        switch (o.Kind)
        {
            case OperationKind.Open:
                return Open(o, side);
            case OperationKind.Close:
                return side.Close(o.Handle);
            case OperationKind.Truncate:
                return Observation.Of(Truncate(side.At(o.Path), o.Length));
        }

        if (fd < 0 || IsUnalignedDirect(o, side) || IsWriteToFifo(o, side))
            return Observation.Skipped;
        switch (o.Kind)
        {
            case OperationKind.Read:
                return Transfer(o, memory => Read(fd, memory), isRead: true);
            case OperationKind.ReadAt:
                return Transfer(o, memory => Pread(fd, memory, o.Offset), isRead: true);
            case OperationKind.ReadVector:
                return Transfer(o, memory => Readv(fd, memory[..Half(o)], memory[Half(o)..], o.Offset), isRead: true);
            case OperationKind.Write:
                return Transfer(o, memory => Write(fd, memory), isRead: false);
            case OperationKind.WriteAt:
                return Transfer(o, memory => Pwrite(fd, memory, o.Offset), isRead: false);
            case OperationKind.WriteVector:
                return Transfer(o, memory => Writev(fd, memory[..Half(o)], memory[Half(o)..], o.Offset), isRead: false);
            case OperationKind.Seek:
                return Observation.Of(Seek(fd, o.Offset, SEEK_SET));
            case OperationKind.SeekHoles:
                return SeekHoles(o, side, fd);
            case OperationKind.TruncateHandle:
                return Observation.Of(Ftruncate(fd, o.Length));
            case OperationKind.Allocate:
                return Observation.Of(Fallocate(fd, o.Flags, o.Offset, o.Length));
            case OperationKind.Copy:
                int to = side.Descriptor(o.ToHandle);
                return to < 0 || side.Is(o.ToHandle, O_DIRECT) ? Observation.Skipped : Observation.Of(CopyRange(fd, o.Offset, to, o.ToOffset, o.Length));
            case OperationKind.MapWrite:
            case OperationKind.MapRead:
                return Map(o, side, fd);
            case OperationKind.Sync:
                return Observation.Of(Fsync(fd));
            default:
                return Observation.Of(Fdatasync(fd));
        }
    }

    private static Observation Open(Operation o, Side side)
    {
        // What the slot held goes first: a file without a name ends here, on both sides before the new open.
        side.Close(o.Handle);
        var opened = PathCalls.Open(side.At(o.Path), o.Flags, o.Mode);
        if (opened.Succeeded)
            side.Keep(o.Handle, (int)opened.Value, o.Flags);
        return Observation.Done(opened);
    }

    private delegate Outcome TransferCall(Span<byte> memory);

    private static Observation Transfer(Operation o, TransferCall call, bool isRead)
    {
        using AlignedMemory memory = new((int)Math.Max(o.Length, 1));
        Span<byte> bytes = memory.Bytes[..(int)o.Length];
        if (isRead)
            bytes.Clear();
        else
            Pattern.Fill(bytes, o.Seed);
        var outcome = call(bytes);
        return isRead && outcome.Succeeded
            ? Observation.Of(outcome) with { Data = bytes[..(int)outcome.Value].ToArray() }
            : Observation.Of(outcome);
    }

    private static int Half(Operation o) => (int)o.Length / 2 / Page * Page;

    // What goes through a FIFO is the kernel's alone, and on FUSE it moves no times for it (S_NOCMTIME).
    private static bool IsWriteToFifo(Operation o, Side side) =>
        o.Kind is OperationKind.Write or OperationKind.WriteVector && side.AttributesOf(o.Handle) is { Stat.Type: S_IFIFO };

    // How direct transfers must be aligned is a matter of the disk (open(2)): on a mount without one, every alignment will do.
    private static bool IsUnalignedDirect(Operation o, Side side)
    {
        if (!side.Is(o.Handle, O_DIRECT))
            return false;
        return o.Kind switch
        {
            OperationKind.Read or OperationKind.Write or OperationKind.Copy => true,
            >= OperationKind.ReadAt and <= OperationKind.WriteVector => o.Offset % Page != 0 || o.Length % Page != 0,
            _ => false,
        };
    }

    /// <summary>
    /// Where the holes are is each file system's own choice. What must hold: an offset within the file is found, one behind it is not,
    /// and what is called a hole reads as zeros.
    /// </summary>
    private static Observation SeekHoles(Operation o, Side side, int fd)
    {
        if (side.AttributesOf(o.Handle) is not { IsRegular: true } attributes || side.Is(o.Handle, O_PATH) || (side.Flags(o.Handle) & 3) == O_WRONLY)
            return Observation.Skipped;
        long position = Seek(fd, 0, SEEK_CUR).Value;
        var first = Seek(fd, o.Offset, SEEK_HOLE);
        Observation observation = first.Succeeded ? new("0") : Observation.Of(first);
        long at = o.Offset, size = attributes.Stat.Length;
        byte[] chunk = new byte[1 << 16];
        while (first.Succeeded && at < size)
        {
            var hole = Seek(fd, at, SEEK_HOLE);
            if (!hole.Succeeded || hole.Value >= size)
                break;
            var data = Seek(fd, hole.Value, SEEK_DATA);
            at = data.Succeeded ? data.Value : size;
            if (at <= hole.Value)
                return new($"data at {at} after a hole at {hole.Value}");
            if (side.Is(o.Handle, O_DIRECT))
                continue;
            for (long read = hole.Value; read < at; read += chunk.Length)
            {
                int length = (int)Math.Min(chunk.Length, at - read);
                Pread(fd, chunk.AsSpan(0, length), read);
                if (chunk.AsSpan(0, length).ContainsAnyExcept((byte)0))
                    return new($"a hole from {hole.Value} to {at} that is no zeros at {read}");
            }
        }

        Seek(fd, position, SEEK_SET);
        return observation;
    }

    private static Observation Map(Operation o, Side side, int fd)
    {
        // Behind the last page there is only SIGBUS.
        if (side.AttributesOf(o.Handle) is not { IsRegular: true } attributes || o.Length == 0 || o.Offset < 0 || o.Offset + o.Length > attributes.Stat.Length)
            return Observation.Skipped;
        long start = o.Offset / Page * Page;
        int skip = (int)(o.Offset - start), length = (int)o.Length;
        bool writes = o.Kind == OperationKind.MapWrite;
        var outcome = Mapping.TryMap(fd, skip + length, writes ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, start, out var mapping);
        if (mapping is null)
            return Observation.Of(outcome);
        using (mapping)
        {
            var bytes = mapping.Bytes.Slice(skip, length);
            if (!writes)
                return new($"{length}", bytes.ToArray());
            Pattern.Fill(bytes, o.Seed);
            return Observation.Of(mapping.Sync(MS_SYNC));
        }
    }
}
