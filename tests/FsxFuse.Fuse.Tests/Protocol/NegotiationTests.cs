using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse.Tests.Protocol;

public class NegotiationTests
{
    private const FuseCapabilities Offered618 = (FuseCapabilities)0x7fd73fffffb;

    [Fact]
    public void The_newest_kernel_gets_all_that_is_wanted()
    {
        ConnectionOptions options = new() { Capabilities = FuseCapabilities.Default | FuseCapabilities.Passthrough | FuseCapabilities.OverIoUring, MaxBackground = 100 };
        NegotiatedProtocol protocol = Negotiation.Decide(Offer(7, 45, Offered618), 64, options, out InitOut reply)!;
        Assert.Equal(45u, protocol.Minor);
        Assert.True(protocol.Has(FuseCapabilities.Passthrough | FuseCapabilities.AbortError | FuseCapabilities.InitExt));
        Assert.False(protocol.Has(FuseCapabilities.OverIoUring));
        Assert.False(protocol.Has(FuseCapabilities.WritebackCache));
        Assert.Equal((uint)(FuseCapabilities)((ulong)protocol.Capabilities >> 32), reply.Flags2);
        Assert.Equal(1u, reply.MaxStackDepth);
        Assert.Equal(1u << 20, reply.MaxWrite);
        Assert.Equal(256, reply.MaxPages);
        Assert.Equal(75, reply.CongestionThreshold);
        Assert.Equal(131072u, reply.MaxReadahead);
        Assert.Equal(1u, reply.TimeGranularity);
    }

    [Fact]
    public void The_oldest_kernel_is_served_without_what_it_does_not_know()
    {
        // Linux 5.4 sends the 16 bytes that end before flags2.
        InitIn offer = Offer(7, 31, (FuseCapabilities)0x7ffffff);
        offer.Flags2 = 0xdeadbeef;
        NegotiatedProtocol protocol = Negotiation.Decide(in offer, 16, new ConnectionOptions { Capabilities = FuseCapabilities.Default | FuseCapabilities.Passthrough }, out InitOut reply)!;
        Assert.Equal(31u, protocol.Minor);
        Assert.Equal(31u, reply.Minor);
        Assert.Equal(0u, reply.Flags2);
        Assert.Equal(0u, reply.MaxStackDepth);
        Assert.False(protocol.Has(FuseCapabilities.SetXAttrExt));
    }

    [Fact]
    public void A_future_minor_version_is_spoken_to_in_ours()
    {
        NegotiatedProtocol protocol = Negotiation.Decide(Offer(7, 99, (FuseCapabilities)ulong.MaxValue), 64, new ConnectionOptions(), out InitOut reply)!;
        Assert.Equal(45u, protocol.Minor);
        Assert.Equal(45u, reply.Minor);
        Assert.Equal(99u, protocol.KernelMinor);
    }

    [Fact]
    public void A_newer_major_version_is_asked_to_come_again()
    {
        Assert.Null(Negotiation.Decide(Offer(8, 2, 0), 64, new ConnectionOptions(), out InitOut reply));
        Assert.Equal(7u, reply.Major);
    }

    [Theory]
    [InlineData(7, 30)]
    [InlineData(6, 40)]
    public void A_kernel_that_is_too_old_is_refused_with_both_versions_named(uint major, uint minor)
    {
        NotSupportedException exception = Assert.Throws<NotSupportedException>(() => Negotiation.Decide(Offer(major, minor, 0), 64, new ConnectionOptions(), out _));
        Assert.Contains($"{major}.{minor}", exception.Message, StringComparison.Ordinal);
        Assert.Contains("7.31", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_writeback_cache_excludes_passthrough()
    {
        ConnectionOptions options = new() { Capabilities = FuseCapabilities.Default | FuseCapabilities.Passthrough | FuseCapabilities.WritebackCache };
        Assert.False(Negotiation.Decide(Offer(7, 45, Offered618), 64, options, out InitOut reply)!.Has(FuseCapabilities.Passthrough));
        Assert.Equal(0u, reply.MaxStackDepth);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    [InlineData(32 << 20)]
    public void A_size_that_is_not_whole_pages_or_out_of_range_is_refused(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionOptions { MaxWrite = size }.Validate());

    private static InitIn Offer(uint major, uint minor, FuseCapabilities flags) =>
        new() { Major = major, Minor = minor, MaxReadahead = 131072, Flags = (uint)flags, Flags2 = (uint)((ulong)flags >> 32) };
}
