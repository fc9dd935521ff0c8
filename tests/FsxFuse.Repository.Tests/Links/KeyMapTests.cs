using System.Text;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Tests.Links;

public sealed class KeyMapTests
{
    [Theory]
    [InlineData("a", null)]
    [InlineData("a/b/c", null)]
    [InlineData("a/b/", null)]
    [InlineData("...", null)]
    [InlineData(".hidden/..also", null)]
    [InlineData("naïve/日本/🎉", null)]
    [InlineData("new\nline/ta\tb", null)]
    [InlineData("/a", KeyFault.EmptyComponent)]
    [InlineData("a//b", KeyFault.EmptyComponent)]
    [InlineData("a//", KeyFault.EmptyComponent)]
    [InlineData("/", KeyFault.EmptyComponent)]
    [InlineData("", KeyFault.EmptyComponent)]
    [InlineData("a/./b", KeyFault.DotComponent)]
    [InlineData("../a", KeyFault.DotComponent)]
    [InlineData("a/..", KeyFault.DotComponent)]
    [InlineData("a/../", KeyFault.DotComponent)]
    [InlineData("a\0b", KeyFault.Nul)]
    [InlineData(".fsxfuse-probe-12ab", KeyFault.Probe)]
    [InlineData("a/.fsxfuse-probe-12ab.2", KeyFault.Probe)]
    [InlineData(".fsxfuse-prob", null)]
    public void Keys_that_cannot_be_paths_have_a_fault(string key, KeyFault? fault) => Assert.Equal(fault, KeyMap.FindFault(key));

    [Fact]
    public void Half_a_surrogate_pair_is_no_key() => Assert.Equal(KeyFault.InvalidText, KeyMap.FindFault("a/\ud800"));

    [Fact]
    public void Components_are_measured_in_bytes()
    {
        Assert.Null(KeyMap.FindFault(new string('n', 255)));
        Assert.Equal(KeyFault.ComponentTooLong, KeyMap.FindFault(new string('n', 256)));
        Assert.Null(KeyMap.FindFault(new string('é', 127)));
        Assert.Equal(KeyFault.ComponentTooLong, KeyMap.FindFault("a/" + new string('é', 128) + "/b"));
    }

    [Fact]
    public void Names_map_to_keys_and_back()
    {
        Assert.Null(KeyMap.ToKey("p/", new FileName("ä b"), isDirectory: false, out string file));
        Assert.Equal("p/ä b", file);
        Assert.Null(KeyMap.ToKey("", new FileName("d"), isDirectory: true, out string directory));
        Assert.Equal("d/", directory);
        Assert.Null(KeyMap.ToName("ä b", out FileName name));
        Assert.Equal(Encoding.UTF8.GetBytes("ä b"), name.Bytes);
        Assert.Equal(("p/q/", "d", true), KeyMap.Split("p/q/d/"));
        Assert.Equal(("", "a", false), KeyMap.Split("a"));
    }

    [Fact]
    public void Names_without_a_key_have_a_fault()
    {
        Assert.Equal(KeyFault.NameNotUtf8, KeyMap.ToKey("p/", new FileName(new byte[] { (byte)'a', 0xC3 }), isDirectory: false, out _));
        string prefix = string.Concat(Enumerable.Repeat(new string('d', 199) + "/", 5));
        Assert.Null(KeyMap.ToKey(prefix, new FileName(new string('n', 24)), isDirectory: false, out _));
        Assert.Equal(KeyFault.KeyTooLong, KeyMap.ToKey(prefix, new FileName(new string('n', 24)), isDirectory: true, out _));
        Assert.Equal(KeyFault.KeyTooLong, KeyMap.ToKey(prefix, new FileName(new string('n', 25)), isDirectory: false, out _));
    }
}
