namespace FsxFuse.Posix.Cases.Calls;

/// <summary>A memory mapping of a file, mmap(2).</summary>
internal sealed unsafe class Mapping : IDisposable
{
    private readonly nint _address;
    private readonly int _length;

    private Mapping(nint address, int length) => (_address, _length) = (address, length);

    internal Span<byte> Bytes => new((void*)_address, _length);

    /// <summary>Maps; the descriptor may be closed afterwards.</summary>
    internal static Outcome TryMap(int fd, int length, int protection, int flags, long offset, out Mapping? mapping)
    {
        nint address = Libc.mmap(0, length, protection, flags, fd, offset);
        var outcome = Outcome.Of($"mmap({fd}, {length}, {protection}, {flags})", address == -1 ? -1 : 0);
        mapping = outcome.Succeeded ? new(address, length) : null;
        return outcome;
    }

    internal static Mapping Shared(int fd, int length, long offset = 0)
    {
        TryMap(fd, length, PROT_READ | PROT_WRITE, MAP_SHARED, offset, out var mapping).Ok();
        return mapping!;
    }

    internal static Mapping ReadOnly(int fd, int length)
    {
        TryMap(fd, length, PROT_READ, MAP_SHARED, 0, out var mapping).Ok();
        return mapping!;
    }

    internal static Mapping Private(int fd, int length)
    {
        TryMap(fd, length, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0, out var mapping).Ok();
        return mapping!;
    }

    internal Outcome Sync(int flags) => Outcome.Of($"msync({flags})", Libc.msync(_address, _length, flags));

    public void Dispose() => Libc.munmap(_address, _length);
}
