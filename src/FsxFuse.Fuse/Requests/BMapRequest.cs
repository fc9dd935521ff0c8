using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>BMAP: map a file block to a device block. Only block-device mounts get it.</summary>
public readonly struct BMapRequest : IFuseRequest
{
    internal BMapRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>Block of the file.</summary>
    public ulong Block => Arguments.Block;

    /// <summary>Bytes in a block.</summary>
    public uint BlockSize => Arguments.BlockSize;

    private ref readonly BMapIn Arguments => ref Pending.Checked().Arguments<BMapIn>();

    /// <summary>The mapping.</summary>
    /// <param name="block">Block of the device.</param>
    /// <returns>False if the kernel no longer wants the reply.</returns>
    public bool Reply(ulong block)
    {
        BMapOut reply = new() { Block = block };
        return Pending.Buffer.ReplyStruct(Pending.Ticket, in reply);
    }
}
