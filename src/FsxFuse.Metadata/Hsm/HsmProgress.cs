using System.Globalization;

namespace FsxFuse.Metadata;

/// <summary>What is in progress for a file's copy in its repository.</summary>
/// <param name="Action"><see cref="HsmAction.Archive"/>, <see cref="HsmAction.Restore"/> or <see cref="HsmAction.None"/>.</param>
/// <param name="IsRunning">At work; else waiting for its turn.</param>
/// <param name="BytesMoved">Bytes moved so far, while it is at work.</param>
/// <param name="Note">What a person should know: what it waits for, or why the last one came to nothing; null when there is nothing to say.</param>
public readonly record struct HsmProgress(HsmAction Action, bool IsRunning, long BytesMoved, string? Note)
{
    /// <summary>As <c>lfs hsm_action</c> prints it after the name.</summary>
    public override string ToString()
    {
        string name = Action.ToString().ToUpperInvariant();
        return Action == HsmAction.None ? "NOOP"
            : IsRunning ? string.Create(CultureInfo.InvariantCulture, $"{name} running ({BytesMoved} bytes moved)")
            : $"{name} waiting (from 0 to EOF)";
    }
}
