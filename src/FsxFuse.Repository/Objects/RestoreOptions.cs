namespace FsxFuse.Repository.Objects;

/// <summary>How an archived object is asked back.</summary>
/// <param name="Days">How long the readable copy is kept, days; null for INTELLIGENT_TIERING, where the object itself comes back.</param>
/// <param name="Tier">How fast, and at what price: <c>standard</c>, <c>bulk</c> or <c>expedited</c>.</param>
public sealed record RestoreOptions(int? Days, string Tier = RestoreOptions.Standard)
{
    /// <summary>Within hours.</summary>
    public const string Standard = "standard";

    /// <summary>Within half a day to two days, at the lowest price.</summary>
    public const string Bulk = "bulk";

    /// <summary>Within minutes, where the class allows it.</summary>
    public const string Expedited = "expedited";
}
