using System.CommandLine;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Options;
using FsxFuse.Repository.Links;
using FsxFuse.State;

namespace FsxFuse.Commands;

/// <summary><c>fsxfuse link add|list</c>.</summary>
internal static class LinkCommand
{
    public static Command Build() => new("link", "Link directories to repositories (data repository associations).") { BuildAdd(), BuildList() };

    private static Command BuildAdd()
    {
        Argument<string> url = new("URL") { Description = "s3://bucket/prefix or file:///dir" };
        Argument<string> path = new("PATH") { Description = "An empty directory on a mounted file system." };
        Option<string[]> options = MountCommand.OptionsOption("Options of the link: endpoint, region, profile, credentials_file, uid, gid, … as for mount.");
        Command command = new("add", "Link a directory to a repository: its objects appear as files there.") { url, path, options };
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            RepositoryUrl repository = SourceAddress.ParseUrl(result.GetValue(url)!);
            (string fileSystem, string directory) = MountedPath.Locate(context.Catalog, result.GetValue(path)!);
            using ControlClient client = context.Connect(fileSystem);
            LinkDocument link = await client.AddLinkAsync(new LinkRequest
            {
                Url = repository.ToString(),
                Path = directory,
                Options = new Dictionary<string, string>(OptionSet.Parse(result.GetValue(options) ?? []).Remembered(), StringComparer.Ordinal),
            }, cancel).ConfigureAwait(false);
            context.Output.Result(link, CommandJson.Default.LinkDocument, added => context.Output.Line($"{added.AssociationId} {added.Path} = {added.Url}"));
            return ExitCode.Done;
        });
        return command;
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
                    context.Output.Columns(["LINK", "PATH", "REPOSITORY", "STATE"], [.. list.Select(link => new[] { link.AssociationId, link.Path, link.Url, link.Lifecycle })]);
            });
            return ExitCode.Done;
        });
        return command;
    }
}
