namespace FsxFuse.FileSystem.Tests;

public sealed class EntryTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.CreateAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Generations_are_what_the_kernel_expects_of_the_root_and_never_change_for_others()
    {
        Node file = await _bench.MakeAsync(_bench.Root, "f");
        Assert.Equal(0UL, AttributeReplies.Entry(_bench.Root, TimeSpan.Zero).Generation);
        Assert.Equal(1UL, AttributeReplies.Entry(file, TimeSpan.Zero).Generation);
    }
}
