using FsxFuse.Cache;
using FsxFuse.Options;

namespace FsxFuse.Composition;

/// <summary>Brings mount options into the rule of automatic release.</summary>
internal static class ReleaseSettings
{
    /// <summary>The rule that options make.</summary>
    /// <exception cref="UsageException">The low mark is not below the high one.</exception>
    public static ReleaseRule Of(OptionSet effective)
    {
        ReleaseRule standard = new();
        int high = (int)(effective.Number("high_water") ?? standard.HighWater);
        // Whoever lowers the high mark alone means the low one to stay below it.
        int low = (int)(effective.Number("low_water") ?? Math.Min(standard.LowWater, Math.Max(0, high - (standard.HighWater - standard.LowWater))));
        if (low >= high)
            throw new UsageException($"low_water={low} must be below high_water={high}");
        return new ReleaseRule { IsAutomatic = effective.Switch("auto_release") ?? true, HighWater = high, LowWater = low };
    }
}
