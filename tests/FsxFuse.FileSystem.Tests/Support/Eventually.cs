namespace FsxFuse.FileSystem.Tests;

/// <summary>Waits for what background work does.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        for (int tries = 0; tries < 500; tries++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(20);
        }

        Assert.Fail("It did not happen within ten seconds.");
    }
}
