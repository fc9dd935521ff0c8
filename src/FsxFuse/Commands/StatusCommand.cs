using System.CommandLine;
using System.Globalization;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Options;
using FsxFuse.State;

namespace FsxFuse.Commands;

/// <summary><c>fsxfuse status [NAME|DIR]</c>.</summary>
internal static class StatusCommand
{
    public static Command Build()
    {
        Argument<string?> target = new("NAME|DIR") { Description = "One file system, by its name or mountpoint; without it, all that are mounted.", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("status", "Show how a file system is: mount, repositories, cache, export queue, events.") { target };
        CommandContext.Bind(command, (context, result, cancel) => RunAsync(context, result.GetValue(target), cancel));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string? target, CancellationToken cancel)
    {
        if (target is not null)
        {
            StatusDocument one = await GetAsync(context, MountedPath.FindFileSystem(context.Catalog, target), cancel).ConfigureAwait(false);
            context.Output.Result(one, CommandJson.Default.StatusDocument, document => Print(context, document));
            return ExitCode.Done;
        }
        List<StatusDocument> all = [];
        foreach ((string name, _) in MountedPath.Served(context.Catalog))
            all.Add(await GetAsync(context, name, cancel).ConfigureAwait(false));
        context.Output.Result(all, CommandJson.Default.IReadOnlyListStatusDocument, documents =>
        {
            if (documents.Count == 0)
                context.Output.Line("Nothing is mounted; 'fsxfuse list' shows the file systems.");
            foreach (StatusDocument document in documents)
                Print(context, document);
        });
        return ExitCode.Done;
    }

    private static async Task<StatusDocument> GetAsync(CommandContext context, string name, CancellationToken cancel)
    {
        FileSystemConfig config = context.Catalog.Get(name);
        bool known = context.Catalog.TryGetDaemon(name, out bool alive, out DaemonRecord? daemon);
        StatusDocument offline = new()
        {
            Name = name,
            Id = config.Id,
            State = known ? "dead" : "unmounted",
            Mountpoint = daemon?.Mountpoint,
            Source = daemon?.Source ?? config.Source ?? name,
        };
        if (!alive)
            return offline;
        try
        {
            using ControlClient client = context.Connect(name);
            return await client.GetStatusAsync(cancel).ConfigureAwait(false);
        }
        catch (ControlException e) when (e.Failure == ControlFailure.Unavailable)
        {
            return offline with { State = "starting", Pid = daemon!.Pid, Warnings = [e.Message] };
        }
    }

    private static void Print(CommandContext context, StatusDocument status)
    {
        void Line(string title, string text) => context.Output.Line($"  {title,-12} {text}");

        context.Output.Line($"{status.Name} ({status.Id}): {status.State}{(status.ReadOnly ? ", read-only" : "")}");
        if (status.Mountpoint is not null)
            Line("mountpoint", status.Mountpoint);
        Line("source", status.Source ?? "-");
        if (status.Pid is int pid)
            Line("daemon", string.Create(CultureInfo.InvariantCulture, $"process {pid}, version {status.Version}, since {status.StartedAt:yyyy-MM-dd HH:mm:ss}Z{(status.Passthrough ? ", passthrough" : "")}"));
        foreach (LinkDocument link in status.Links)
            Line("link", $"{link.Path} = {link.Url} ({link.AssociationId}, {link.Lifecycle}{(link.FailureMessage is null ? "" : ": " + link.FailureMessage)})");
        if (status.Pid is not null)
            Line("namespace", string.Create(CultureInfo.InvariantCulture, $"{status.Inodes} inodes, {ByteSize.Format(status.LogicalBytes)}"));
        if (status.Cache is CacheDocument cache)
            Line("cache", $"{ByteSize.Format(cache.UsedBytes)} of {ByteSize.Format(cache.LimitBytes)} in {cache.Path}");
        if (status.Imports is ImportQueueDocument imports)
            Line("import", Describe(imports));
        if (status.EventEndpoint is EventEndpointDocument endpoint)
            Line("events", string.Create(CultureInfo.InvariantCulture, $"at {endpoint.Url}: {endpoint.Received} received{(endpoint.Refused > 0 ? $", {endpoint.Refused} refused" : "")}"));
        if (status.Cache?.Release is ReleaseDocument release)
            Line("release", Describe(release));
        if (status.Hsm is HsmDocument { Archives: > 0 } or HsmDocument { Restores: > 0 })
        {
            Line("hsm", string.Create(CultureInfo.InvariantCulture,
                $"{status.Hsm.Archives} archives and {status.Hsm.Restores} restores in progress{(status.Hsm.RestoresWaiting > 0 ? $", {status.Hsm.RestoresWaiting} of them waiting ('fsxfuse hsm action FILE' says for what)" : "")}"));
        }
        if (status.Exports is ExportQueueDocument exports)
        {
            Line("export", exports.Queued == 0 ? "everything is in the repository" : string.Create(CultureInfo.InvariantCulture,
                $"{exports.Queued} waiting, the oldest for {exports.OldestAgeSeconds:0} s{(exports.Failing > 0 ? $", {exports.Failing} failing" : "")}{(exports.Automatic ? "" : ", not automatic")}"));
        }
        foreach (string warning in status.Warnings)
            Line("warning", warning);
        foreach (EventDocument e in status.Events.Take(5))
            Line("event", string.Create(CultureInfo.InvariantCulture, $"{e.Time:yyyy-MM-dd HH:mm:ss}Z {e.Code} {e.Subject}: {e.Message}"));
    }

    /// <summary>How far behind the repository what is seen here may be, as the end of a line.</summary>
    public static string Describe(ImportQueueDocument imports)
    {
        if (!imports.Automatic)
            return "not automatic";
        string waiting = imports.Queued == 0 && imports.OldestAgeSeconds == 0 ? "no event waits"
            : string.Create(CultureInfo.InvariantCulture, $"{imports.Queued} events waiting, the oldest for {imports.OldestAgeSeconds:0} s");
        string compared = imports.ReconciledAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"compared with the repository at {at:yyyy-MM-dd HH:mm:ss}Z")
            : imports.Reconciling ? "being compared with the repository" : "not compared with the repository yet";
        return $"{waiting}, {compared}{(imports.LastError is null ? "" : $"; the last comparison broke off: {imports.LastError}")}";
    }

    private static string Describe(ReleaseDocument release)
    {
        if (!release.Automatic)
            return "only when asked for";
        string given = release.FilesReleased == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {release.FilesReleased} files, {ByteSize.Format(release.BytesReleased)} given back");
        string now = release.Running ? $"; running: {ByteSize.Format(release.RunBytes)} of {ByteSize.Format(release.RunBytesWanted)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"least recently used files, above {release.HighWaterPercent}% down to {release.LowWaterPercent}%{given}{now}");
    }
}
