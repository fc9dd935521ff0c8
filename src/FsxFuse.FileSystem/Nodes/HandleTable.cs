using System.Diagnostics.CodeAnalysis;

namespace FsxFuse.FileSystem;

/// <summary>Open handles by the number the kernel sends back. Looking one up takes no lock.</summary>
internal sealed class HandleTable<T>
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private volatile T?[] _slots = new T?[64];
    private int _used;

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _used - _free.Count;
            }
        }
    }

    public ulong Add(T handle)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out int slot))
            {
                slot = _used++;
                if (slot == _slots.Length)
                {
                    T?[] larger = new T?[_slots.Length * 2];
                    _slots.CopyTo(larger, 0);
                    _slots = larger;
                }
            }

            Volatile.Write(ref _slots[slot], handle);
            return (ulong)slot + 1;
        }
    }

    public bool TryGet(ulong number, [NotNullWhen(true)] out T? handle)
    {
        T?[] slots = _slots;
        handle = number - 1 < (ulong)slots.Length ? Volatile.Read(ref slots[number - 1]) : null;
        return handle is not null;
    }

    public T? Remove(ulong number)
    {
        lock (_lock)
        {
            if (number - 1 >= (ulong)_used || _slots[number - 1] is not { } handle)
            {
                return null;
            }

            Volatile.Write(ref _slots[number - 1], null);
            _free.Push((int)(number - 1));
            return handle;
        }
    }

    /// <summary>What is open now.</summary>
    public IReadOnlyList<T> Snapshot()
    {
        lock (_lock)
        {
            return [.. _slots.OfType<T>()];
        }
    }
}
