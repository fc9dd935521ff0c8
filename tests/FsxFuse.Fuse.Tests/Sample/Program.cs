namespace FsxFuse.Fuse.Tests.Sample;

/// <summary>Serves <see cref="MemoryFileSystem"/> from a process of its own: <c>serve DIR</c>. Prints "ready", then how it ended.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not ["serve", string directory])
        {
            await Console.Error.WriteLineAsync("usage: serve DIR");
            return 2;
        }

        await using FuseSession session = FuseSession.Create(new MemoryFileSystem(), new MountOptions { MountPoint = directory, SubType = "sample", Source = "a,b \\c" });
        await session.StartAsync();
        Console.WriteLine("ready");
        _ = Task.Run(() =>
        {
            // A line, or the end of the input, asks for the end.
            Console.ReadLine();
            session.Unmount();
        });
        Console.WriteLine(await session.Completion);
        return 0;
    }
}
