using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>GETXATTR: the value of an extended attribute. ENODATA if it is absent.</summary>
public readonly struct GetXAttrRequest : IFuseRequest
{
    internal GetXAttrRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>Its name with its namespace.</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(sizeof(uint) * 2, 0);

    /// <summary>Room at the caller, bytes; 0 asks for the size.</summary>
    public uint Size => Arguments.Size;

    private ref readonly GetXAttrIn Arguments => ref Pending.Checked().Arguments<GetXAttrIn>();

    /// <summary>Answers as getxattr(2) does: the size if that was asked (<see cref="Size"/> 0), ERANGE if it does not fit, else the bytes.</summary>
    /// <param name="value">The whole value.</param>
    /// <returns>False if the kernel no longer wants the reply.</returns>
    public bool Reply(ReadOnlySpan<byte> value) =>
        Size == 0 ? ReplySize((uint)value.Length)
        : value.Length > Size ? Pending.Buffer.ReplyError(Pending.Ticket, Errno.ERANGE)
        : Pending.Buffer.ReplyBytes(Pending.Ticket, value);

    /// <summary>Answers a question for the size (<see cref="Size"/> 0).</summary>
    /// <param name="size">Bytes needed.</param>
    /// <returns>False if the kernel no longer wants the reply.</returns>
    public bool ReplySize(uint size)
    {
        GetXAttrOut reply = new() { Size = size };
        return Pending.Buffer.ReplyStruct(Pending.Ticket, in reply);
    }
}
