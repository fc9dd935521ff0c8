namespace FsxFuse.Cache.Tests;

public class MemoryBudgetTests
{
    [Fact]
    public async Task Waiters_are_served_in_order_and_the_limit_holds()
    {
        var budget = new MemoryBudget(100);
        BudgetLease first = await budget.ReserveAsync(80, default);
        Task<BudgetLease> large = budget.ReserveAsync(90, default).AsTask(), small = budget.ReserveAsync(10, default).AsTask();
        Assert.False(budget.TryReserve(5, out _));
        Assert.False(small.IsCompleted);
        first.Dispose();
        (await large).Dispose();
        (await small).Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task A_cancelled_waiter_lets_the_next_through()
    {
        var budget = new MemoryBudget(100);
        BudgetLease first = await budget.ReserveAsync(60, default);
        using var cancel = new CancellationTokenSource();
        Task<BudgetLease> large = budget.ReserveAsync(90, cancel.Token).AsTask(), small = budget.ReserveAsync(40, default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small).Dispose();
        first.Dispose();
        Assert.Equal(0, budget.Used);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = budget.ReserveAsync(101, default).AsTask(); });
    }
}
