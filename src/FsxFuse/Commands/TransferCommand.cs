using System.CommandLine;
using System.Globalization;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Repository.Links;
using FsxFuse.State;
using FsxFuse.Terminal;

namespace FsxFuse.Commands;

/// <summary><c>fsxfuse import|export|preload|release PATH…</c>: each starts a task and follows it.</summary>
internal static class TransferCommand
{
    public static IEnumerable<Command> BuildAll() =>
    [
        Build("import", "Bring names and attributes of objects into the file system, and what was deleted or changed in the bucket.", "Paths on a mount, or s3:// prefixes of a link."),
        Build("export", "Write changed files to their bucket and wait until they are there.", "Paths on a mount."),
        Build("preload", "Load the bytes of files into the cache.", "Paths on a mount."),
        Build("release", "Give back the disk space of files that are in their bucket; they load again when they are read.", "Paths on a mount."),
    ];

    private static Command Build(string kind, string description, string pathHelp)
    {
        Argument<string[]> paths = new("PATH") { Description = pathHelp, Arity = ArgumentArity.OneOrMore };
        Option<bool> detach = new("--detach") { Description = "Return at once; 'fsxfuse task' follows the task." };
        Option<string?> report = new("--report") { Description = "Write the list of files that failed into a linked repository.", HelpName = "s3://BUCKET/PREFIX" };
        Option<string?> olderThan = new("--older-than") { Description = "Only files that nobody used for so many days.", HelpName = "DAYS" };
        Command command = new(kind, description) { paths, detach, report };
        if (kind == "release")
            command.Add(olderThan);
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            long olderThanDays = kind == "release" && result.GetValue(olderThan) is string age ? ParseDays(age) : 0;
            string fileSystem = Locate(context.Catalog, result.GetValue(paths)!, await LinksAsync(context, result.GetValue(paths)!, cancel).ConfigureAwait(false), out List<string> within);
            TaskRequest request = new()
            {
                Kind = kind,
                Paths = within,
                Report = result.GetValue(report),
                OlderThanDays = olderThanDays,
            };
            using ControlClient client = context.Connect(fileSystem);
            TaskDocument task = await client.CreateTaskAsync(request, cancel).ConfigureAwait(false);
            if (result.GetValue(detach))
            {
                context.Output.Result(task, CommandJson.Default.TaskDocument, started => context.Output.Line(started.Id));
                return ExitCode.Done;
            }
            task = await new TaskProgress(context.Output, context.Time).FollowAsync(client, task, cancel).ConfigureAwait(false);
            return TaskOutcome.Report(context.Output, task);
        });
        return command;
    }

    // The links of everything mounted, asked for only when an URL was given.
    private static async Task<List<(string FileSystem, string Url)>> LinksAsync(CommandContext context, IEnumerable<string> paths, CancellationToken cancel)
    {
        List<(string, string)> links = [];
        if (!paths.Any(IsUrl))
            return links;
        foreach ((string name, _) in MountedPath.Served(context.Catalog))
        {
            try
            {
                using ControlClient client = context.Connect(name);
                foreach (LinkDocument link in (await client.GetLinksAsync(cancel).ConfigureAwait(false)).Links)
                    links.Add((name, link.Url));
            }
            catch (Exception e) when (e is CommandFailedException or ControlException { Failure: ControlFailure.Unavailable })
            {
                // A killed daemon has no say; the others may know the URL.
            }
        }
        return links;
    }

    private static string Locate(FileSystemCatalog catalog, IReadOnlyList<string> paths, List<(string FileSystem, string Url)> links, out List<string> within)
    {
        within = [];
        string? fileSystem = null;
        foreach (string path in paths)
        {
            (string owner, string inner) = IsUrl(path) ? LocateUrl(path, links) : MountedPath.Locate(catalog, path);
            if (fileSystem is not null && fileSystem != owner)
                throw new UsageException($"'{path}' is on file system '{owner}', the paths before it on '{fileSystem}'; one task works on one file system");
            fileSystem = owner;
            within.Add(inner);
        }
        return fileSystem!;
    }

    private static (string, string) LocateUrl(string path, List<(string FileSystem, string Url)> links)
    {
        RepositoryUrl url = SourceAddress.ParseUrl(path);
        foreach ((string fileSystem, string linked) in links)
        {
            if (RepositoryUrl.Parse(linked).Overlaps(url))
                return (fileSystem, path);
        }
        throw new CommandFailedException($"{path} is in no repository that a mounted file system is linked to; 'fsxfuse link list' shows them");
    }

    private static bool IsUrl(string path) => path.Contains("://", StringComparison.Ordinal);

    // FSx counts days (DurationSinceLastAccess).
    private static long ParseDays(string text) =>
        long.TryParse(text.AsSpan().TrimEnd('d'), NumberStyles.None, CultureInfo.InvariantCulture, out long days)
            ? days
            : throw new UsageException($"'{text}' is no number of days, such as 30d");
}
