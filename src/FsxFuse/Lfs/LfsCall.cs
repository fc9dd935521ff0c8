using System.CommandLine;
using System.CommandLine.Help;
using FsxFuse.Commands;
using FsxFuse.Hsm;
using FsxFuse.Mounting;
using FsxFuse.Native;

namespace FsxFuse.Lfs;

/// <summary>
/// The program under the name of Lustre's <c>lfs</c>: scripts made for FSx run as they are. What it does not know, and whatever is about
/// other file systems, goes to a real lfs if there is one.
/// </summary>
internal static class LfsCall
{
    /// <summary>The name.</summary>
    public const string Name = "lfs";

    /// <summary>Runs one command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        Command root = Build();
        string verb = arguments.Count > 0 ? arguments[0] : "--help";
        bool known = verb.StartsWith('-') || verb is "find" or "help" || root.Subcommands.Any(command => command.Name == verb);
        if ((!known || IsForeign(arguments.Skip(1))) && RealLfs.Find() is { } real)
            return await RealLfs.RunAsync(real, arguments).ConfigureAwait(false);
        if (!known)
        {
            Console.Error.WriteLine($"{Name}: '{verb}' is Lustre's own, and there is no other lfs on the PATH; here there are {string.Join(", ", root.Subcommands.Select(command => command.Name))}");
            return ExitCode.Usage;
        }
        if (verb == "find" && !arguments.Contains("--help"))
        {
            try
            {
                return new LfsFind(TimeProvider.System).Run([.. arguments.Skip(1)]);
            }
            catch (UsageException e)
            {
                return CommandLine.Report(e, $"{Name} find");
            }
        }
        return await CommandLine.RunAsync(root, Name, verb == "help" ? ["--help"] : arguments).ConfigureAwait(false);
    }

    /// <summary>All commands.</summary>
    internal static Command Build()
    {
        // -h is a size's in df and quota, as in lfs.
        Command root = new(Name, "Lustre's lfs for file systems of FsxFuse: HSM states and requests, space, and finding files.") { new HelpOption("--help", "-?") };
        foreach (Command verb in HsmCommands.Verbs("hsm_", notes: false))
            root.Add(verb);
        root.Add(BuildRemove());
        root.Add(LfsSpace.Build());
        root.Add(LfsQuota.Build());
        root.Add(new Command("find", LfsFind.Description));
        root.Options.Add(CommandContext.JsonOption);
        return root;
    }

    private static Command BuildRemove()
    {
        Argument<string[]> files = new("FILE") { Description = "Files on a mount.", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("hsm_remove", "Not offered: an object goes from the bucket when its file does.") { files };
        CommandContext.Bind(command, (_, _, _) => throw new CommandFailedException(
            "a copy in the bucket cannot be removed by itself: it goes when its file does. 'lfs hsm_set --noarchive FILE' keeps changes from being exported"));
        return command;
    }

    // The first argument that is a path decides. Options and their values are none, or none that exist.
    private static bool IsForeign(IEnumerable<string> arguments)
    {
        MountTable mounts = MountTable.Read();
        foreach (string argument in arguments)
        {
            if (!argument.StartsWith('-') && Libc.RealPath(argument, out _) is { } path)
                return mounts.Containing(path)?.IsOurs != true;
        }
        return !mounts.Entries.Any(mount => mount.IsOurs);
    }
}
