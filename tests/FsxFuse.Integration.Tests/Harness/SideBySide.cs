namespace FsxFuse.Integration.Tests;

/// <summary>
/// A mounted directory repository and a plain directory beside it: the same script runs in both, and must print the same. Both start with the
/// same things to work on, which are made once: a git repository of 5,000 files and an archive of its tree.
/// </summary>
public sealed class SideBySide : IAsyncLifetime, IAsyncDisposable
{
    private readonly TestMount _mount;

    public SideBySide()
    {
        Repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        Plain = Directory.CreateTempSubdirectory("fsxfuse-plain-").FullName;
        Material = Directory.CreateTempSubdirectory("fsxfuse-material-").FullName;
        _mount = new TestMount($"file://{Repository}");
    }

    /// <summary>The directory that the mount exports to.</summary>
    public string Repository { get; }

    /// <summary>An ordinary directory on this machine's disk.</summary>
    public string Plain { get; }

    /// <summary>What scripts find in $MATERIAL: <c>origin</c>, a git repository; <c>tree.tar</c>, its tree with links, modes, owners and times.</summary>
    public string Material { get; }

    internal TestMount Mount => _mount;

    private static string Scripts => Path.Combine(AppContext.BaseDirectory, "Workloads");

    public async Task InitializeAsync()
    {
        await Shell.BashAsync($"""
            python3 {Scripts}/tree.py {Material}/origin 5000
            cd {Material}/origin
            git init -q -b main .
            git -c user.name=a -c user.email=a@localhost add -A
            git -c user.name=a -c user.email=a@localhost commit -qm first
            tar -C {Material} --exclude=.git -cf {Material}/tree.tar origin
            """);
        await _mount.MountAsync();
    }

    public async Task DisposeAsync()
    {
        await _mount.DisposeAsync();
        await Shell.RunAsync("rm", ["-rf", Repository, Plain, Material]);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    /// <summary>Runs a script in a new directory <paramref name="name"/> of the plain disk and of the mount; what it prints must be the same. Returns that.</summary>
    internal async Task<string> CompareAsync(string name, string script, int seconds = 120)
    {
        string expected = await RunAsync(Plain, name, script, seconds);
        string actual = await RunAsync(_mount.Mountpoint, name, script, seconds);
        Assert.Equal(expected, actual);
        return actual;
    }

    private async Task<string> RunAsync(string root, string name, string script, int seconds)
    {
        string directory = Path.Combine(root, name);
        Directory.CreateDirectory(directory);
        Dictionary<string, string> environment = new()
        {
            ["MATERIAL"] = Material,
            ["SCRIPTS"] = Scripts,
            ["LC_ALL"] = "C",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_CONFIG_SYSTEM"] = "/dev/null",
            ["GIT_AUTHOR_NAME"] = "a",
            ["GIT_AUTHOR_EMAIL"] = "a@localhost",
            ["GIT_AUTHOR_DATE"] = "2026-01-01T00:00:00Z",
            ["GIT_COMMITTER_NAME"] = "a",
            ["GIT_COMMITTER_EMAIL"] = "a@localhost",
            ["GIT_COMMITTER_DATE"] = "2026-01-01T00:00:00Z",
        };
        return await Shell.BashAsync(script, environment, directory, seconds);
    }
}
