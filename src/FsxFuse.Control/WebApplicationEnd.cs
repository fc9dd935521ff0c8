using Microsoft.AspNetCore.Builder;

namespace FsxFuse.Control;

internal static class WebApplicationEnd
{
    /// <summary>Stops answering. Requests in flight get a second to end; then they are cut off, and whoever sent them sends them again.</summary>
    public static async ValueTask EndAsync(this WebApplication application)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await application.StopAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The second is over.
        }
        await application.DisposeAsync().ConfigureAwait(false);
    }
}
