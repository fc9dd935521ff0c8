using System.Text.Json;

namespace FsxFuse.Integration.Tests;

/// <summary>What no object can hold stays in the file system: said so where it is a loss, and kept like anything else.</summary>
public sealed class LocalOnlyTests
{
    [Fact]
    public async Task What_cannot_be_an_object_stays_here_and_names_that_cannot_be_keys_are_reported()
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        try
        {
            await using TestMount mount = new($"file://{repository}", "dev,auto_export=off");
            await mount.MountAsync();
            await mount.BashAsync("""
                long=$(printf '\376%.0s' $(seq 255))
                echo bytes > "$long"
                mkdir d; echo exported > d/file
                mkfifo d/fifo; mknod d/null c 1 3; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("d/socket")'
                setfattr -n user.colour -v blue d/file; setfacl -m u:65501:r d/file
                """);
            ShellResult exported = await mount.FsxAsync("export", mount.Mountpoint);
            Assert.Equal(3, exported.ExitCode);
            Assert.Contains("not valid UTF-8", exported.Output + exported.Errors, StringComparison.Ordinal);
            JsonElement status = await mount.StatusAsync();
            Assert.Contains(status.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("S3ObjectPathNotPosixCompliant", StringComparison.Ordinal));
            Assert.Contains(status.GetProperty("events").EnumerateArray(), e => e.GetProperty("code").GetString() == "S3ExportObjectPathNotPosixCompliant");
            Assert.Equal("./d/file\n", await Shell.BashAsync("find . -not -type d -not -path './.fsxfuse*'", directory: repository));

            const string Look = """
                find . -mindepth 1 -printf '%p %y %m %s\n' | LC_ALL=C sort; cat $'\376'*
                getfattr --only-values -n user.colour d/file; getfacl -nc d/file; stat -c %t:%T d/null
                """;
            string before = await mount.BashAsync(Look);
            Assert.Contains("user:65501:r--", before, StringComparison.Ordinal);
            await mount.UnmountAsync();
            await mount.MountAsync();
            Assert.Equal(before, await mount.BashAsync(Look));
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }

    [Fact]
    public async Task Sizes_and_blocks_are_told_before_anything_is_loaded()
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(repository, "object"), new byte[1_000_000]);
            await using TestMount mount = new($"file://{repository}");
            await mount.MountAsync();
            Assert.Equal("1000000 1954 512\n", await mount.BashAsync("stat -c '%s %b %B' object"));
            Assert.Equal(0, (await mount.CountersAsync()).Downloaded);

            // tar, cp and du take it for a file with data, not for a hole.
            Assert.Equal("1000000\n", await mount.BashAsync("tar -cSf - object | tar -xOf - | wc -c"));
            Assert.Equal(1_000_000, (await mount.CountersAsync()).Downloaded);
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }
}
