using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>COPY_FILE_RANGE and COPY_FILE_RANGE_64: copy bytes between two open files, from <c>NodeId</c>.</summary>
public readonly struct CopyFileRangeRequest : IFuseRequest
{
    internal CopyFileRangeRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>Handle of the source.</summary>
    public ulong HandleIn => Arguments.HandleIn;

    /// <summary>First byte in the source.</summary>
    public ulong OffsetIn => Arguments.OffsetIn;

    /// <summary>Node id of the target.</summary>
    public ulong NodeIdOut => Arguments.NodeIdOut;

    /// <summary>Handle of the target.</summary>
    public ulong HandleOut => Arguments.HandleOut;

    /// <summary>First byte in the target.</summary>
    public ulong OffsetOut => Arguments.OffsetOut;

    /// <summary>Bytes wanted.</summary>
    public ulong Length => Arguments.Length;

    /// <summary>Flags of copy_file_range(2): 0.</summary>
    public ulong Flags => Arguments.Flags;

    private ref readonly CopyFileRangeIn Arguments => ref Pending.Checked().Arguments<CopyFileRangeIn>();

    /// <summary>Copied.</summary>
    /// <param name="copied">Bytes copied, 0 to <see cref="Length"/>; what exceeds 32 bits is cut to 2 GiB less a page for a kernel before 7.45.</param>
    /// <returns>False if the kernel no longer wants the reply.</returns>
    public bool Reply(ulong copied)
    {
        if (Pending.Checked().Operation == Opcode.COPY_FILE_RANGE_64)
        {
            CopyFileRangeOut reply = new() { Copied = copied };
            return Pending.Buffer.ReplyStruct(Pending.Ticket, in reply);
        }

        WriteOut narrow = new() { Size = (uint)Math.Min(copied, 0x7ffff000) };
        return Pending.Buffer.ReplyStruct(Pending.Ticket, in narrow);
    }
}
