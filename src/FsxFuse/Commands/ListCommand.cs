using System.CommandLine;
using FsxFuse.State;

namespace FsxFuse.Commands;

/// <summary><c>fsxfuse list</c>.</summary>
internal static class ListCommand
{
    public static Command Build()
    {
        Command command = new("list", "List the file systems of this host: name, state, mountpoint and source.");
        CommandContext.Bind(command, (context, _, _) => Task.FromResult(Run(context)));
        return command;
    }

    private static int Run(CommandContext context)
    {
        IReadOnlyList<ListEntry> entries = [.. context.Catalog.Names().Select(name => Describe(context, name))];
        context.Output.Result(entries, CommandJson.Default.IReadOnlyListListEntry, list =>
        {
            if (list.Count == 0)
                context.Output.Line("There are no file systems yet. Make one by mounting a bucket: fsxfuse mount s3://BUCKET/PREFIX DIR");
            else
                context.Output.Columns(["NAME", "STATE", "MOUNTPOINT", "SOURCE"], [.. list.Select(e => new[] { e.Name, e.State, e.Mountpoint ?? "-", e.Source ?? "-" })]);
        });
        return ExitCode.Done;
    }

    private static ListEntry Describe(CommandContext context, string name)
    {
        FileSystemCatalog catalog = context.Catalog;
        FileSystemConfig config;
        try
        {
            config = catalog.Get(name);
        }
        catch (CommandFailedException e)
        {
            // Damaged or of a newer version: the others are listed all the same.
            context.Output.Notice(e.Message);
            return new ListEntry { Name = name, Id = "-", State = "unreadable" };
        }
        bool known = catalog.TryGetDaemon(name, out bool alive, out DaemonRecord? daemon);
        return new ListEntry
        {
            Name = name,
            Id = config.Id,
            State = alive ? "mounted" : known ? "dead" : "unmounted",
            Mountpoint = daemon?.Mountpoint,
            Source = config.Source,
            Pid = alive ? daemon?.Pid : null,
        };
    }
}
