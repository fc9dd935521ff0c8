namespace FsxFuse.Cache;

/// <summary>When a tier releases contents by itself, and how many.</summary>
public sealed record ReleaseRule
{
    /// <summary>Whether anything is released unless somebody asks for it.</summary>
    public bool IsAutomatic { get; init; } = true;

    /// <summary>Above this part of what the tier may hold, percent, contents are released.</summary>
    public int HighWater { get; init; } = 90;

    /// <summary>Down to this part, percent; below <see cref="HighWater"/>.</summary>
    public int LowWater { get; init; } = 80;
}
