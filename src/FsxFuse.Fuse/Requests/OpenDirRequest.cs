using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>OPENDIR: open a directory.</summary>
public readonly struct OpenDirRequest : IFuseRequest
{
    internal OpenDirRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>Flags of open(2).</summary>
    public uint Flags => Arguments.Flags;

    private ref readonly OpenIn Arguments => ref Pending.Checked().Arguments<OpenIn>();

    /// <summary>Opened.</summary>
    /// <param name="handle">Comes back with every request on this open directory.</param>
    /// <param name="flags">How the kernel treats it: <see cref="OpenReplyFlags.CacheDirectory"/>, <see cref="OpenReplyFlags.KeepCache"/>.</param>
    /// <returns>False if the kernel no longer wants the reply: there will be no RELEASEDIR for this handle.</returns>
    public bool Reply(ulong handle, OpenReplyFlags flags = OpenReplyFlags.None)
    {
        OpenOut open = new() { Handle = handle, Flags = flags };
        return Pending.Buffer.ReplyStruct(Pending.Ticket, in open);
    }
}
