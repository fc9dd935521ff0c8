namespace FsxFuse.Cache;

/// <summary>Bytes reserved from a <see cref="MemoryBudget"/>. Dispose exactly once gives them back; the default value holds nothing.</summary>
public readonly struct BudgetLease : IDisposable, IEquatable<BudgetLease>
{
    private readonly MemoryBudget? _budget;

    internal BudgetLease(MemoryBudget budget, long bytes)
    {
        _budget = budget;
        Bytes = bytes;
    }

    /// <summary>Bytes held.</summary>
    public long Bytes { get; }

    /// <summary>Gives the bytes back.</summary>
    public void Dispose() => _budget?.Return(Bytes);

    /// <inheritdoc/>
    public bool Equals(BudgetLease other) => ReferenceEquals(_budget, other._budget) && Bytes == other.Bytes;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BudgetLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_budget, Bytes);

    /// <summary>Equality.</summary>
    public static bool operator ==(BudgetLease left, BudgetLease right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(BudgetLease left, BudgetLease right) => !left.Equals(right);
}
