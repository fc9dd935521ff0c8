namespace FsxFuse.Integration.Tests;

/// <summary>Requests to the object store by kind, and bytes moved.</summary>
internal readonly record struct Counters(IReadOnlyDictionary<string, long> Requests, long Downloaded, long Uploaded)
{
    public long this[string kind] => Requests.GetValueOrDefault(kind);

    public long Total => Requests.Values.Sum();

    /// <summary>What happened since <paramref name="earlier"/>.</summary>
    public Counters Since(Counters earlier) => new(
        Requests.ToDictionary(item => item.Key, item => item.Value - earlier[item.Key], StringComparer.OrdinalIgnoreCase),
        Downloaded - earlier.Downloaded,
        Uploaded - earlier.Uploaded);

    public override string ToString() => $"{string.Join(", ", Requests.Where(item => item.Value != 0).Select(item => $"{item.Key} {item.Value}"))}; {Downloaded} bytes in, {Uploaded} bytes out";
}
