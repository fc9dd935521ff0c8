using Microsoft.Extensions.Logging;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>
/// Hands out numbers from a block reserved in the database. A block is used only after its reservation is durable, so that a number
/// given out before a power loss (it may name a content file or be in an object's metadata) is not given out again. The next block is
/// reserved by the flush thread when half of the present one is used.
/// </summary>
internal sealed class IdAllocator
{
    private const long BlockSize = 1 << 16;

    private readonly Lock _lock = new();
    private readonly Writer _writer;
    private readonly WalFlusher _flusher;
    private readonly string _path;
    private readonly ILogger _logger;
    private long _next;
    private long _end;
    private long _spare;
    private long _spareEnd;
    private bool _spareWanted;

    public IdAllocator(Writer writer, WalFlusher flusher, string path, ILogger logger)
    {
        _writer = writer;
        _flusher = flusher;
        _path = path;
        _logger = logger;
        _next = writer.ReserveIds(BlockSize);
        _end = _next + BlockSize;
        flusher.Flush();
        flusher.AfterRound = RefillSpare;
    }

    public long Allocate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_lock)
        {
            if (_end - _next < count)
                NextBlock(count);
            long first = _next;
            _next += count;
            if (!_spareWanted && _spareEnd == 0 && _end - _next < BlockSize / 2)
            {
                _spareWanted = true;
                _flusher.Wake();
            }

            return first;
        }
    }

    /// <summary>Gives back what was not used; nothing may be allocated afterwards.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _writer.NoteAtClose(_next);
            _end = _next;
            _spareEnd = 0;
        }
    }

    private void NextBlock(int count)
    {
        if (_spareEnd - _spare >= count)
        {
            (_next, _end) = (_spare, _spareEnd);
        }
        else
        {
            long size = BlockSize + count;
            long first = _writer.ReserveIds(size);
            _flusher.Flush();
            (_next, _end) = (first, first + size);
        }

        // A spare below a block reserved later is given up: numbers only grow.
        (_spare, _spareEnd) = (0, 0);
    }

    private void RefillSpare()
    {
        lock (_lock)
        {
            if (!_spareWanted)
                return;
        }

        long first = 0;
        try
        {
            first = _writer.ReserveIds(BlockSize);
            _flusher.Flush();
        }
        catch (MetadataStoreException error)
        {
            StoreLog.ReserveFailed(_logger, error, _path);
        }

        lock (_lock)
        {
            _spareWanted = false;
            if (first >= _end && _writer.Failure is null)
                (_spare, _spareEnd) = (first, first + BlockSize);
        }
    }
}
