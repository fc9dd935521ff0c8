using System.CommandLine;
using FsxFuse.Commands;
using FsxFuse.Metadata;

namespace FsxFuse.Hsm;

/// <summary>The HSM verbs, for <c>fsxfuse hsm VERB</c> and <c>lfs hsm_VERB</c> alike.</summary>
internal static class HsmCommands
{
    /// <summary><c>fsxfuse hsm</c>.</summary>
    public static Command Build()
    {
        Command command = new("hsm", "Show and steer which files' bytes are in the cache, in the repository, or both (as lfs hsm_*).");
        foreach (Command verb in Verbs("", notes: true))
            command.Add(verb);
        return command;
    }

    /// <summary>The verbs, each named with a prefix.</summary>
    /// <param name="prefix">Before each verb's name.</param>
    /// <param name="notes">Whether <c>action</c> prints more than lfs does.</param>
    public static IEnumerable<Command> Verbs(string prefix, bool notes)
    {
        yield return BuildState(prefix);
        yield return BuildAction(prefix, notes);
        yield return BuildMove(prefix, HsmAction.Archive, "Export files to their bucket, whatever the link's policy; returns at once.");
        yield return BuildMove(prefix, HsmAction.Restore, "Load the bytes of files into the cache; returns at once. Objects in an archive class (Glacier) are asked back from S3 first.");
        yield return BuildPlain(prefix, HsmAction.Release, "Give back the disk space of files whose bytes are in their bucket; what changed since is refused.");
        yield return BuildPlain(prefix, HsmAction.Cancel, "Forget an archive or restore that was asked for and has not ended.");
        yield return BuildFlags(prefix, HsmAction.Set, "Pin or mark files.");
        yield return BuildFlags(prefix, HsmAction.Clear, "Take back pins and marks.");
    }

    private static Command BuildState(string prefix)
    {
        Argument<string[]> files = Files();
        Command command = new($"{prefix}state", "Show whether the bytes of files are in the cache and in the repository.") { files };
        CommandContext.Bind(command, (context, result, _) => Task.FromResult(new HsmRunner(context.Output, context.Time).State(result.GetValue(files)!)));
        return command;
    }

    private static Command BuildAction(string prefix, bool notes)
    {
        Argument<string[]> files = Files();
        Command command = new($"{prefix}action", "Show what is in progress for files: NOOP, ARCHIVE or RESTORE.") { files };
        CommandContext.Bind(command, (context, result, _) => Task.FromResult(new HsmRunner(context.Output, context.Time).Action(result.GetValue(files)!, notes)));
        return command;
    }

    private static Command BuildMove(string prefix, HsmAction action, string description)
    {
        (Command command, Func<ParseResult, IReadOnlyList<string>> files) = BuildRequest(prefix, action, description);
        Option<int> archive = new("--archive", "-a") { Description = "Number of the archive; there is one, number 1.", HelpName = "NUM", DefaultValueFactory = _ => HsmState.ArchiveId };
        Option<bool> wait = new("--wait") { Description = "Return when it is done; the exit code tells how it ended." };
        command.Add(wait);
        if (action == HsmAction.Archive)
            command.Add(archive);
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            if (action == HsmAction.Archive && result.GetValue(archive) is not (0 or HsmState.ArchiveId) and int number)
                throw new UsageException($"there is no archive {number}: a file's archive is the bucket its directory is linked to, and has number {HsmState.ArchiveId}");
            HsmRunner runner = new(context.Output, context.Time);
            return result.GetValue(wait)
                ? await runner.RequestAndWaitAsync(files(result), action, cancel).ConfigureAwait(false)
                : runner.Request(files(result), action);
        });
        return command;
    }

    private static Command BuildPlain(string prefix, HsmAction action, string description)
    {
        (Command command, Func<ParseResult, IReadOnlyList<string>> files) = BuildRequest(prefix, action, description);
        CommandContext.Bind(command, (context, result, _) => Task.FromResult(new HsmRunner(context.Output, context.Time).Request(files(result), action)));
        return command;
    }

    private static (Command, Func<ParseResult, IReadOnlyList<string>>) BuildRequest(string prefix, HsmAction action, string description)
    {
        Argument<string[]> files = new("FILE") { Description = "Files on a mount.", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> list = new("--filelist", "-l") { Description = "A file that names more files, one a line; - for standard input.", HelpName = "FILE" };
        Option<string?> data = new("--data", "-D") { Description = "Accepted for lfs; nothing here takes it.", HelpName = "TEXT", Hidden = true };
        Option<string?> mount = new("--mntpath", "-m") { Description = "Accepted for lfs: the mount is found by the files.", HelpName = "DIR", Hidden = true };
        Command command = new($"{prefix}{action.ToString().ToLowerInvariant()}", description) { files, list, data, mount };
        return (command, result =>
        {
            List<string> all = [.. result.GetValue(files) ?? []];
            if (result.GetValue(list) is { } from)
                all.AddRange(ReadList(from));
            return all.Count > 0 ? all : throw new UsageException("name at least one file");
        });
    }

    private static Command BuildFlags(string prefix, HsmAction action, string description)
    {
        Argument<string[]> files = Files();
        Command command = new($"{prefix}{action.ToString().ToLowerInvariant()}", description) { files };
        (Option<bool> Option, HsmFlags Flag)[] flags =
        [
            (Flag("--norelease", "The file, or all below the directory, is pinned: never released by itself."), HsmFlags.NoRelease),
            (Flag("--noarchive", "The file is never exported."), HsmFlags.NoArchive),
            (Flag("--dirty", "The file differs from its copy in the repository, and is exported again."), HsmFlags.Dirty),
            (Flag("--exists", "There is a copy in the repository (a fact: it cannot be set otherwise)."), HsmFlags.Exists),
            (Flag("--archived", "The copy is the file's (a fact: it cannot be set otherwise)."), HsmFlags.Archived),
            (Flag("--lost", "The copy is lost: the file is never released."), HsmFlags.Lost),
        ];
        foreach ((Option<bool> option, _) in flags)
            command.Add(option);
        Option<int> archive = new("--archive-id", "-i") { Description = "Number of the archive; there is one, number 1.", HelpName = "NUM", DefaultValueFactory = _ => HsmState.ArchiveId, Hidden = true };
        command.Add(archive);
        CommandContext.Bind(command, (context, result, _) =>
        {
            HsmFlags wanted = flags.Where(flag => result.GetValue(flag.Option)).Aggregate(HsmFlags.None, (all, flag) => all | flag.Flag);
            if (wanted == HsmFlags.None)
                throw new UsageException($"say what to {action.ToString().ToLowerInvariant()}: {string.Join(", ", flags.Select(flag => flag.Option.Name))}");
            return Task.FromResult(new HsmRunner(context.Output, context.Time).Request(result.GetValue(files)!, action, wanted));
        });
        return command;
    }

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    private static Argument<string[]> Files() => new("FILE") { Description = "Files on a mount.", Arity = ArgumentArity.OneOrMore };

    private static string[] ReadList(string from)
    {
        try
        {
            return (from == "-" ? Console.In.ReadToEnd() : File.ReadAllText(from)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"the list of files {from} cannot be read: {e.Message}", e);
        }
    }
}
