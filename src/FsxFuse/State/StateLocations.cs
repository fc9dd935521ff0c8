using FsxFuse.Native;

namespace FsxFuse.State;

/// <summary>Where file systems keep what they keep.</summary>
/// <param name="StateDirectory">One directory for each file system.</param>
/// <param name="RunDirectory">Control sockets.</param>
internal sealed record StateLocations(string StateDirectory, string RunDirectory)
{
    /// <summary>
    /// FSXFUSE_STATE_DIR and FSXFUSE_RUN_DIR when they are set; for root /var/lib/fsxfuse and /run/fsxfuse; for others the directories of the
    /// XDG base directory specification.
    /// </summary>
    public static StateLocations FromEnvironment() => From(Environment.GetEnvironmentVariable, Libc.GetEffectiveUserId());

    /// <summary>The same for any environment.</summary>
    /// <exception cref="CommandFailedException">An ordinary user without a home.</exception>
    public static StateLocations From(Func<string, string?> environment, uint uid)
    {
        string? state = Given("FSXFUSE_STATE_DIR"), run = Given("FSXFUSE_RUN_DIR");
        if (uid == 0)
            return new StateLocations(state ?? "/var/lib/fsxfuse", run ?? "/run/fsxfuse");
        state ??= Given("XDG_STATE_HOME") is string xdg ? Path.Combine(xdg, "fsxfuse")
            : Given("HOME") is string home ? Path.Combine(home, ".local/state/fsxfuse")
            : throw new CommandFailedException("there is no home directory to keep state in; set FSXFUSE_STATE_DIR and FSXFUSE_RUN_DIR");
        run ??= Given("XDG_RUNTIME_DIR") is string runtime ? Path.Combine(runtime, "fsxfuse") : Path.Combine(state, ".run");
        return new StateLocations(state, run);

        string? Given(string name) => environment(name) is { Length: > 0 } value ? Path.GetFullPath(value) : null;
    }

    /// <summary>The directory of a file system.</summary>
    public string DirectoryOf(string name) => Path.Combine(StateDirectory, name);

    /// <summary>Its configuration.</summary>
    public string ConfigOf(string name) => Path.Combine(DirectoryOf(name), "config.json");

    /// <summary>There while it is being created.</summary>
    public string CreationMarkOf(string name) => Path.Combine(DirectoryOf(name), "creating");

    /// <summary>Its embedded metadata.</summary>
    public string MetadataOf(string name) => Path.Combine(DirectoryOf(name), "metadata.db");

    /// <summary>Its cache unless another was chosen.</summary>
    public string DefaultCacheOf(string name) => Path.Combine(DirectoryOf(name), "cache");

    /// <summary>What to do, as part of a sentence, when what is kept of a file system cannot be read and there is no backup.</summary>
    public string AdviceWithoutBackup(string name) =>
        $"without one, move {DirectoryOf(name)} away and mount again: it starts anew from the repository, and what was never exported is left in the cache you moved";

    /// <summary>The file whose lock the daemon holds.</summary>
    public string LockOf(string name) => Path.Combine(DirectoryOf(name), "lock");

    /// <summary>What the daemon says of itself, beside its lock.</summary>
    public string DaemonOf(string name) => Path.Combine(DirectoryOf(name), "daemon.json");

    /// <summary>Where the daemon logs when there is neither journal nor syslog.</summary>
    public string LogOf(string name) => Path.Combine(DirectoryOf(name), "daemon.log");

    /// <summary>The daemon's control socket.</summary>
    public string SocketOf(string name) => Path.Combine(RunDirectory, name + ".sock");
}
