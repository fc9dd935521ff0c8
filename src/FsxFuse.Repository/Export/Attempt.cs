using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Export;

/// <summary>One write to the repository whose outcome is not known to be settled, as kept across a crash.</summary>
internal sealed record Attempt
{
    /// <summary>The link.</summary>
    public required int Link { get; init; }

    /// <summary>The key it writes.</summary>
    public required string Key { get; init; }

    /// <summary>Its stamp.</summary>
    public required string Stamp { get; init; }

    /// <summary>For an upload in parts: the server's id; empty while the answer that names it is awaited; null for every other write.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Upload { get; init; }

    /// <summary>Uploads in parts of the same key that were there before: not ours, never to be touched.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Foreign { get; init; }

    /// <summary>Where it is kept.</summary>
    [JsonIgnore]
    public int Slot { get; init; }
}
