using Microsoft.Extensions.Hosting;

namespace FsxFuse.Control;

/// <summary>Leaves signals alone: the daemon handles them itself, in the order in which its parts must stop.</summary>
internal sealed class NoHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
