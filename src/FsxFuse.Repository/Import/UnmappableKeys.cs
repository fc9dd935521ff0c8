using FsxFuse.Metadata;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Import;

/// <summary>The keys of one listing that cannot be names: counted, with a few examples, for one event.</summary>
internal sealed class UnmappableKeys
{
    private const int MaxExamples = 5;

    private const int MaxExampleLength = 128;

    private readonly List<string> _examples = [];

    public long Count { get; private set; }

    public void Add(string key, KeyFault fault)
    {
        // There for a moment, and nobody's file.
        if (fault == KeyFault.Probe)
            return;
        Count++;
        if (_examples.Count < MaxExamples)
            _examples.Add($"'{(key.Length > MaxExampleLength ? key[..MaxExampleLength] + "…" : key).Replace('\0', '␀')}' ({KeyMap.Describe(fault)})");
    }

    /// <summary>Adds the event to a commit, and logs it; nothing when there was none.</summary>
    public void Report(Batch batch, ImportContext context, Link link, string prefix)
    {
        if (Count == 0)
            return;
        string examples = string.Join(", ", _examples);
        ImportLog.UnmappableKeys(context.Logger, Count, prefix, link.Row.AssociationId, examples);
        batch.Add(new RowWrite.AddEvent(new EventRow
        {
            TimeNs = context.NowNs,
            Code = "S3ImportObjectPathNotPosixCompliant",
            LinkId = link.Id,
            Subject = prefix,
            Message = $"{Count} keys under '{prefix}' cannot be names and were left out: {examples}. Rename the objects to see them.",
        }));
    }
}
