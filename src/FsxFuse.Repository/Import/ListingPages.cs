using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Turns the pages of a listing with a delimiter into names. An object <c>a</c> beside objects <c>a/…</c> loses its name to the directory,
/// which may be pages later in key order (<c>a</c>, <c>a!…</c>, <c>a/</c>): an object that could still be shadowed is held back.
/// </summary>
internal sealed class ListingPages(string prefix)
{
    private readonly List<ListedName> _held = [];

    /// <summary>The directory's own marker, once met.</summary>
    public ObjectEntry? Marker { get; private set; }

    public List<ListedName> Take(ListPage page, UnmappableKeys unmappable)
    {
        List<ListedName> names = new(page.CommonPrefixes.Count + page.Objects.Count);
        HashSet<string> directories = new(StringComparer.Ordinal);
        foreach (string common in page.CommonPrefixes)
        {
            if (KeyMap.ToName(common.AsSpan(prefix.Length, common.Length - prefix.Length - 1), out Metadata.FileName name) is { } fault)
            {
                unmappable.Add(common, fault);
                continue;
            }
            directories.Add(common);
            names.Add(new ListedName(name, common, null));
        }
        List<ListedName> files = [.. _held];
        _held.Clear();
        foreach (ObjectEntry entry in page.Objects)
        {
            if (entry.Key.Length == prefix.Length)
                Marker = entry;
            else if (KeyMap.ToName(entry.Key.AsSpan(prefix.Length), out Metadata.FileName name) is { } fault)
                unmappable.Add(entry.Key, fault);
            else
                files.Add(new ListedName(name, entry.Key, entry));
        }
        string? end = page.NextToken is null ? null : LastOf(page);
        foreach (ListedName file in files)
        {
            string shadow = file.Key + "/";
            if (directories.Contains(shadow))
                unmappable.Add(file.Key, KeyFault.ShadowedByDirectory);
            else if (end is not null && ObjectKey.Compare(shadow, end) > 0 && end.StartsWith(file.Key, StringComparison.Ordinal))
                _held.Add(file);
            else
                names.Add(file);
        }
        return names;
    }

    private static string LastOf(ListPage page)
    {
        string last = page.Objects.Count == 0 ? "" : page.Objects[^1].Key;
        string common = page.CommonPrefixes.Count == 0 ? "" : page.CommonPrefixes[^1];
        return ObjectKey.Compare(last, common) > 0 ? last : common;
    }
}
