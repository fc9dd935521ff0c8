using FsxFuse.Fuse.Tests.Support;

namespace FsxFuse.Fuse.Tests.Dispatching;

public class CallerTests
{
    [Theory]
    [InlineData("TERM", "", true)]
    [InlineData("QUIT", "", true)]
    [InlineData("TERM", "trap : TERM;", false)]
    [InlineData("TERM", "trap '' TERM;", false)]
    [InlineData("WINCH", "", false)]
    [InlineData("TSTP", "", false)]
    public void A_pending_signal_that_would_end_the_process_makes_it_a_dying_one(string signal, string traps, bool dying)
    {
        using StoppedProcess process = new(traps);
        Assert.False(Caller.IsDying(process.Id));
        process.Send(signal);
        Assert.Equal(dying, Caller.IsDying(process.Id));
    }

    [Fact]
    public void A_process_that_is_not_seen_is_not_taken_for_a_dying_one()
    {
        Assert.False(Caller.IsDying(0));
        Assert.False(Caller.IsDying(int.MaxValue));
    }
}
