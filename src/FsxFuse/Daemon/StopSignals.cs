using System.Runtime.InteropServices;

namespace FsxFuse.Daemon;

/// <summary>SIGTERM, SIGINT and SIGHUP from the very start: the first asks for a clean stop, the second for a quick one.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    /// <summary>Starts to listen.</summary>
    /// <param name="ignoreHangUp">A daemon has no terminal to lose.</param>
    public StopSignals(bool ignoreHangUp)
    {
        foreach (PosixSignal signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                if (!(ignoreHangUp && context.Signal == PosixSignal.SIGHUP))
                    Received();
            }));
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken Hurry => _hurry.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
        _hurry.Dispose();
    }

    private void Received()
    {
        int count = Interlocked.Increment(ref _count);
        try
        {
            if (count == 1)
                _stop.Cancel();
            else
                _hurry.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Too late: the process is ending.
        }
    }
}
