namespace FsxFuse.Integration.Tests;

/// <summary>File handles (what NFS servers give their clients) stay good across unmounts and crashes of the daemon.</summary>
public sealed class HandleTests
{
    private static readonly string[] Paths = [".", "deep/er", "deep/er/object", "deep/er/other", "made", "made/file", "made/link", "made/fifo", "gone", "held"];

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Workloads", "handles.py");

    [Fact]
    public async Task Handles_open_the_same_files_after_an_unmount_and_after_a_kill()
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(repository, "deep", "er"));
            await File.WriteAllTextAsync(Path.Combine(repository, "deep", "er", "object"), "from the repository");
            await File.WriteAllTextAsync(Path.Combine(repository, "deep", "er", "other"), "from there, too");
            await using TestMount mount = new($"file://{repository}");
            await mount.MountAsync();
            await mount.BashAsync("""
                mkdir made; echo content > made/file; ln -s file made/link; mkfifo made/fifo; echo x > gone; echo y > held
                """);
            string saved = Path.Combine(mount.Root, "handles");
            await Shell.BashAsync($"python3 {Script} save {mount.Mountpoint} {string.Join(' ', Paths)} > {saved}");
            await mount.BashAsync("""rm gone; mv made/file made/renamed""");
            string expected = await LookAsync();
            Assert.Contains("gone: Stale file handle\n", expected, StringComparison.Ordinal);
            Assert.Contains($"deep/er: directory object other at {mount.Mountpoint}/deep/er\n", expected, StringComparison.Ordinal);
            Assert.Equal(1, expected.Split('\n').Count(line => line.EndsWith("Stale file handle", StringComparison.Ordinal)));
            string numbers = await NumbersAsync();

            // The first thing that the new kernel mount and the new daemon hear is the handle.
            await mount.UnmountAsync();
            await mount.MountAsync();
            Assert.Equal(expected, await LookAsync());

            await TestMount.KillAsync(await mount.PidAsync());
            await mount.MountAsync();
            Assert.Equal(expected, await LookAsync());
            Assert.Equal(numbers, await NumbersAsync());
            string again = await Shell.BashAsync($"python3 {Script} save {mount.Mountpoint} {string.Join(' ', Paths.Except(["gone", "made/file"]))}");
            Assert.Empty(again.Split('\n', StringSplitOptions.RemoveEmptyEntries).Except(await File.ReadAllLinesAsync(saved)));

            // What is not there is forgotten again, not kept in memory.
            await Shell.BashAsync($"grep ' gone$' {saved} > {saved}-gone");
            int held = (await mount.StatusAsync()).GetProperty("heldInodes").GetInt32();
            await Shell.BashAsync($"for i in $(seq 5); do python3 {Script} open {mount.Mountpoint} {saved}-gone; done");
            Assert.InRange((await mount.StatusAsync()).GetProperty("heldInodes").GetInt32(), 1, held);

            Task<string> LookAsync() => Shell.BashAsync($"python3 {Script} open {mount.Mountpoint} {saved}");

            Task<string> NumbersAsync() => mount.BashAsync("find . -printf '%p %i\\n' | LC_ALL=C sort");
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }
}
