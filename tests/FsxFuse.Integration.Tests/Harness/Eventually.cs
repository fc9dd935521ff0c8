namespace FsxFuse.Integration.Tests;

/// <summary>Waits for what comes in its own time.</summary>
internal static class Eventually
{
    /// <summary>Repeats a check until it passes; after so many seconds its failure counts.</summary>
    public static async Task PassesAsync(Func<Task> check, int seconds = 30)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(seconds);
        while (true)
        {
            try
            {
                await check();
                return;
            }
            catch (Exception) when (DateTime.UtcNow < end)
            {
                await Task.Delay(100);
            }
        }
    }
}
