using System.CommandLine;
using FsxFuse.Composition;
using FsxFuse.Metadata;
using FsxFuse.Options;
using FsxFuse.Repository.Links;
using FsxFuse.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Commands;

/// <summary><c>fsxfuse create NAME</c>.</summary>
internal static class CreateCommand
{
    public static Command Build()
    {
        Argument<string> name = new("NAME") { Description = "The new file system's name." };
        Option<string[]> links = new("--link") { Description = "Link a repository to a path; without =/path, to the root. May be given several times.", HelpName = "s3://BUCKET/PREFIX[=/PATH]", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        Option<string[]> tiers = new("--tier") { Description = "The cache: its kind, directory and size.", HelpName = "ssd=/DIR[:SIZE]", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        Option<string> metadata = new("--metadata") { Description = "The metadata engine: sqlite.", HelpName = "ENGINE", DefaultValueFactory = _ => "sqlite" };
        Option<string[]> options = MountCommand.OptionsOption("Options to remember, as for mount.");
        Command command = new("create", "Create a file system, to be mounted by its name. Nothing is written to the repositories.") { name, links, tiers, metadata, options };
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            if (result.GetValue(metadata) != "sqlite")
                throw new UsageException($"this version keeps metadata in sqlite only, not in '{result.GetValue(metadata)}'");
            FileSystemName.Validate(result.GetValue(name)!);
            OptionSet given = OptionSet.Parse((result.GetValue(options) ?? []).Concat(ParseTiers(result.GetValue(tiers) ?? [])));
            List<(RepositoryUrl Url, string Path)> linked = [.. (result.GetValue(links) ?? []).Select(ParseLink)];
            string? source = linked.FirstOrDefault(link => link.Path == "/").Url?.ToString();
            FileSystemConfig config = context.Catalog.Draft(result.GetValue(name)!, source, new Dictionary<string, string>(given.Remembered(), StringComparer.Ordinal));
            IReadOnlyList<LinkRow> rows = await new FileSystemCreation(context.Catalog, context.Time, NullLoggerFactory.Instance).CreateAsync(config, linked, cancel).ConfigureAwait(false);
            CreateResult created = new(config.Name, config.Id, [.. rows.Select(LinkDocuments.From)]);
            context.Output.Result(created, CommandJson.Default.CreateResult, made => context.Output.Line($"{made.Name} ({made.Id}) was created; mount it with 'fsxfuse mount {made.Name} DIR'"));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Reads <c>URL[=/path]</c>.</summary>
    internal static (RepositoryUrl Url, string Path) ParseLink(string text)
    {
        int equals = text.LastIndexOf("=/", StringComparison.Ordinal);
        string path = equals < 0 ? "/" : System.IO.Path.GetFullPath(text[(equals + 1)..]);
        return (SourceAddress.ParseUrl(equals < 0 ? text : text[..equals]), path == "/" ? path : path.TrimEnd('/'));
    }

    /// <summary>Reads <c>KIND=/dir[:SIZE]</c> as the mount options that mean the same.</summary>
    internal static IEnumerable<string> ParseTiers(string[] tiers)
    {
        if (tiers.Length > 1)
            throw new UsageException("this version has one cache tier; give --tier once");
        foreach (string tier in tiers)
        {
            int equals = tier.IndexOf('=', StringComparison.Ordinal);
            string kind = equals < 0 ? "" : tier[..equals];
            string rest = tier[(equals + 1)..];
            int colon = rest.LastIndexOf(':');
            string directory = colon < 0 ? rest : rest[..colon];
            if (kind is not ("ssd" or "hdd") || !directory.StartsWith('/'))
                throw new UsageException($"'{tier}' is no tier: write ssd=/DIR:SIZE or hdd=/DIR:SIZE");
            yield return $"cache=\"{directory}\"";
            if (colon >= 0)
                yield return $"cache_size={rest[(colon + 1)..]}";
        }
    }
}
