using System.CommandLine;
using System.Globalization;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Options;
using FsxFuse.Repository.Links;
using FsxFuse.State;
using FsxFuse.Terminal;

namespace FsxFuse.Commands;

/// <summary><c>fsxfuse link add|list|update|remove</c>.</summary>
internal static class LinkCommand
{
    public static Command Build() => new("link", "Link directories to repositories (data repository associations).") { BuildAdd(), BuildList(), BuildUpdate(), BuildRemove() };

    private static Command BuildAdd()
    {
        Argument<string> url = new("URL") { Description = "s3://bucket/prefix or file:///dir" };
        Argument<string> path = new("PATH") { Description = "An empty directory on a mounted file system." };
        Option<bool> import = new("--import") { Description = "Import the metadata of all its objects now, instead of when somebody looks." };
        Option<bool> detach = new("--detach") { Description = "Do not wait for that import." };
        Option<string[]> options = MountCommand.OptionsOption("Options of the link: endpoint, region, profile, credentials_file, uid, gid, … as for mount.");
        Policies policies = new();
        Command command = new("add", "Link a directory to a repository: its objects appear as files there.") { url, path, import, detach, options };
        policies.AddTo(command);
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            RepositoryUrl repository = SourceAddress.ParseUrl(result.GetValue(url)!);
            (string fileSystem, string directory) = MountedPath.Locate(context.Catalog, result.GetValue(path)!);
            using ControlClient client = context.Connect(fileSystem);
            LinkDocument link = await client.AddLinkAsync(new LinkRequest
            {
                Url = repository.ToString(),
                Path = directory,
                Import = result.GetValue(import),
                ImportPolicy = result.GetValue(policies.Import),
                ExportPolicy = result.GetValue(policies.Export),
                Conflict = result.GetValue(policies.Conflict),
                Options = new Dictionary<string, string>(OptionSet.Parse(result.GetValue(options) ?? []).Remembered(), StringComparer.Ordinal),
            }, cancel).ConfigureAwait(false);
            context.Output.Result(link, CommandJson.Default.LinkDocument, added => context.Output.Line($"{added.AssociationId} {added.Path} = {added.Url}"));
            if (link.ImportTask is null || result.GetValue(detach))
                return ExitCode.Done;
            TaskDocument task = await client.GetTaskAsync(link.ImportTask, cancel).ConfigureAwait(false);
            task = await new TaskProgress(context.Output, context.Time).FollowAsync(client, task, cancel).ConfigureAwait(false);
            return context.Output.Json ? TaskOutcome.ExitCodeOf(task) : TaskOutcome.Report(context.Output, task);
        });
        return command;
    }

    private static Command BuildUpdate()
    {
        Argument<string> which = LinkArgument();
        Option<string[]> options = MountCommand.OptionsOption("Options of the link to change, as for mount.");
        Policies policies = new();
        Command command = new("update", "Change the policies and options of a link. Its place and its repository cannot change.") { which, options };
        policies.AddTo(command);
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            (string fileSystem, string id) = await FindAsync(context, result.GetValue(which)!, cancel).ConfigureAwait(false);
            using ControlClient client = context.Connect(fileSystem);
            LinkDocument link = await client.UpdateLinkAsync(id, new LinkUpdateRequest
            {
                ImportPolicy = result.GetValue(policies.Import),
                ExportPolicy = result.GetValue(policies.Export),
                Conflict = result.GetValue(policies.Conflict),
                Options = new Dictionary<string, string>(OptionSet.Parse(result.GetValue(options) ?? []).Remembered(), StringComparer.Ordinal),
            }, cancel).ConfigureAwait(false);
            context.Output.Result(link, CommandJson.Default.LinkDocument, updated => context.Output.Line(
                $"{updated.AssociationId} {updated.Path}: import {Policy(updated.ImportPolicy)}, export {Policy(updated.ExportPolicy)}, conflicts {updated.Conflict}"));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command BuildRemove()
    {
        Argument<string> which = LinkArgument();
        Option<bool> delete = new("--delete-data") { Description = "Remove the local files too; without it they stay, and must be in the cache. The objects stay in any case." };
        Option<bool> force = new("--force") { Description = "Drop changes that are not exported, and leave files behind that cannot be read." };
        Command command = new("remove", "Remove a link. What is queued is exported first; if something would be lost, it is refused.") { which, delete, force };
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            (string fileSystem, string id) = await FindAsync(context, result.GetValue(which)!, cancel).ConfigureAwait(false);
            using ControlClient client = context.Connect(fileSystem);
            LinkDocument link = await client.RemoveLinkAsync(id, result.GetValue(delete), result.GetValue(force), cancel).ConfigureAwait(false);
            context.Output.Result(link, CommandJson.Default.LinkDocument, removed => context.Output.Line($"removed {removed.AssociationId} {removed.Path} = {removed.Url}"));
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> LinkArgument() => new("LINK") { Description = "The link's id (dra-…), or the directory that is linked." };

    private static async Task<(string FileSystem, string Id)> FindAsync(CommandContext context, string which, CancellationToken cancel)
    {
        bool isId = which.StartsWith("dra-", StringComparison.Ordinal);
        (string fileSystem, string path) = isId ? ("", "") : MountedPath.Locate(context.Catalog, which);
        foreach (string name in context.Catalog.Names().Where(name => isId ? context.Catalog.TryGetDaemon(name, out bool alive, out _) && alive : name == fileSystem))
        {
            using ControlClient client = context.Connect(name);
            foreach (LinkDocument link in (await client.GetLinksAsync(cancel).ConfigureAwait(false)).Links)
            {
                if (isId ? link.AssociationId == which : link.Path == path)
                    return (name, link.AssociationId);
            }
        }
        throw new CommandFailedException($"{which} is no link; 'fsxfuse link list' shows them");
    }

    /// <summary>The options that say what travels by itself.</summary>
    private sealed class Policies
    {
        public Option<string?> Import { get; } = new("--import-policy") { Description = "Changes there that are followed by themselves; the default is all.", HelpName = "NEW,CHANGED,DELETED|none" };

        public Option<string?> Export { get; } = new("--export-policy") { Description = "Changes here that are exported by themselves; the default is all.", HelpName = "NEW,CHANGED,DELETED|none" };

        public Option<string?> Conflict { get; } = new("--conflict") { Description = "Who wins when both sides changed; the default is keep-both.", HelpName = "keep-both|fs-wins|s3-wins" };

        public void AddTo(Command command)
        {
            command.Options.Add(Import);
            command.Options.Add(Export);
            command.Options.Add(Conflict);
        }
    }

    private static Command BuildList()
    {
        Argument<string?> target = new("NAME|DIR") { Description = "One file system; without it, all that are mounted.", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("list", "List links.") { target };
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            List<LinkDocument> links = [];
            IEnumerable<string> names = result.GetValue(target) is string one
                ? [MountedPath.FindFileSystem(context.Catalog, one)]
                : context.Catalog.Names().Where(name => context.Catalog.TryGetDaemon(name, out bool alive, out _) && alive);
            foreach (string name in names)
            {
                using ControlClient client = context.Connect(name);
                links.AddRange((await client.GetLinksAsync(cancel).ConfigureAwait(false)).Links);
            }
            context.Output.Result(links, CommandJson.Default.IReadOnlyListLinkDocument, list =>
            {
                if (list.Count == 0)
                    context.Output.Line("There are no links.");
                else
                    context.Output.Columns(["LINK", "PATH", "REPOSITORY", "STATE", "IMPORT", "BEHIND", "EXPORT"], [.. list.Select(Row)]);
            });
            return ExitCode.Done;
        });
        return command;
    }

    private static string[] Row(LinkDocument link) =>
    [
        link.AssociationId, link.Path, link.Url, link.Lifecycle, Policy(link.ImportPolicy),
        link.Import is { } import ? string.Create(CultureInfo.InvariantCulture, $"{import.OldestAgeSeconds:0}s") : "-",
        Policy(link.ExportPolicy),
    ];

    private static string Policy(IReadOnlyList<string> events) => events.Count == 0 ? "none" : string.Join(',', events);
}
