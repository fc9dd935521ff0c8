using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse.Tests.Protocol;

/// <summary>Sizes and offsets against the kernel's header (linux/fuse.h).</summary>
public class WireLayoutTests
{
    public static TheoryData<Type, int> Sizes => new()
    {
        { typeof(InHeader), 40 }, { typeof(OutHeader), 16 }, { typeof(FuseAttributes), 88 }, { typeof(EntryReply), 128 }, { typeof(AttrReply), 104 },
        { typeof(OpenOut), 16 }, { typeof(InitIn), 20 }, { typeof(InitOut), 64 }, { typeof(ReadIn), 40 }, { typeof(WriteIn), 40 }, { typeof(WriteOut), 8 },
        { typeof(SetAttrIn), 88 }, { typeof(SetXAttrIn), 16 }, { typeof(SetXAttrCompatIn), 8 }, { typeof(LockIn), 48 }, { typeof(FileLock), 24 },
        { typeof(StatFsReply), 80 }, { typeof(Dirent), 24 }, { typeof(DirentPlus), 152 }, { typeof(StatxIn), 24 }, { typeof(StatxReply), 288 },
        { typeof(StatxAttributes), 256 }, { typeof(StatxTime), 16 }, { typeof(GetAttrIn), 16 }, { typeof(MknodIn), 16 }, { typeof(MkdirIn), 8 },
        { typeof(RenameIn), 8 }, { typeof(Rename2In), 16 }, { typeof(LinkIn), 8 }, { typeof(OpenIn), 8 }, { typeof(CreateIn), 16 }, { typeof(ReleaseIn), 24 },
        { typeof(FlushIn), 24 }, { typeof(FSyncIn), 16 }, { typeof(GetXAttrIn), 8 }, { typeof(GetXAttrOut), 8 }, { typeof(AccessIn), 8 }, { typeof(InterruptIn), 8 },
        { typeof(ForgetIn), 8 }, { typeof(BatchForgetIn), 8 }, { typeof(ForgetOne), 16 }, { typeof(BMapIn), 16 }, { typeof(BMapOut), 8 }, { typeof(IoctlIn), 32 },
        { typeof(IoctlOut), 16 }, { typeof(PollIn), 24 }, { typeof(PollOut), 8 }, { typeof(FallocateIn), 32 }, { typeof(LSeekIn), 24 }, { typeof(LSeekOut), 8 },
        { typeof(CopyFileRangeIn), 56 }, { typeof(CopyFileRangeOut), 8 }, { typeof(NotifyPoll), 8 }, { typeof(NotifyInvalidateInode), 24 },
        { typeof(NotifyInvalidateEntry), 16 }, { typeof(NotifyDelete), 24 }, { typeof(NotifyPrune), 16 }, { typeof(BackingMap), 16 }, { typeof(ExtensionHeader), 8 },
    };

    public static TheoryData<Type, string, int> Offsets => new()
    {
        { typeof(InHeader), nameof(InHeader.Unique), 8 }, { typeof(InHeader), nameof(InHeader.NodeId), 16 }, { typeof(InHeader), nameof(InHeader.Uid), 24 },
        { typeof(InHeader), nameof(InHeader.Pid), 32 }, { typeof(InHeader), nameof(InHeader.ExtensionUnits), 36 },
        { typeof(OutHeader), nameof(OutHeader.Error), 4 }, { typeof(OutHeader), nameof(OutHeader.Unique), 8 },
        { typeof(FuseAttributes), nameof(FuseAttributes.ATime), 24 }, { typeof(FuseAttributes), nameof(FuseAttributes.ATimeNsec), 48 },
        { typeof(FuseAttributes), nameof(FuseAttributes.Mode), 60 }, { typeof(FuseAttributes), nameof(FuseAttributes.Rdev), 76 }, { typeof(FuseAttributes), nameof(FuseAttributes.BlockSize), 80 },
        { typeof(EntryReply), nameof(EntryReply.EntryValidSeconds), 16 }, { typeof(EntryReply), nameof(EntryReply.EntryValidNsec), 32 }, { typeof(EntryReply), nameof(EntryReply.Attr), 40 },
        { typeof(AttrReply), nameof(AttrReply.Attr), 16 }, { typeof(StatxReply), nameof(StatxReply.Stat), 32 },
        { typeof(StatxAttributes), nameof(StatxAttributes.Mode), 28 }, { typeof(StatxAttributes), nameof(StatxAttributes.Ino), 32 }, { typeof(StatxAttributes), nameof(StatxAttributes.ATime), 64 },
        { typeof(StatxAttributes), nameof(StatxAttributes.BTime), 80 }, { typeof(StatxAttributes), nameof(StatxAttributes.MTime), 112 }, { typeof(StatxAttributes), nameof(StatxAttributes.RdevMajor), 128 },
        { typeof(StatFsReply), nameof(StatFsReply.BlockSize), 40 }, { typeof(StatFsReply), nameof(StatFsReply.FragmentSize), 48 },
        { typeof(InitOut), nameof(InitOut.MaxBackground), 16 }, { typeof(InitOut), nameof(InitOut.CongestionThreshold), 18 }, { typeof(InitOut), nameof(InitOut.MaxWrite), 20 },
        { typeof(InitOut), nameof(InitOut.TimeGranularity), 24 }, { typeof(InitOut), nameof(InitOut.MaxPages), 28 }, { typeof(InitOut), nameof(InitOut.Flags2), 32 },
        { typeof(InitOut), nameof(InitOut.MaxStackDepth), 36 }, { typeof(InitOut), nameof(InitOut.RequestTimeout), 40 },
        { typeof(SetAttrIn), nameof(SetAttrIn.Size), 16 }, { typeof(SetAttrIn), nameof(SetAttrIn.ATime), 32 }, { typeof(SetAttrIn), nameof(SetAttrIn.ATimeNsec), 56 },
        { typeof(SetAttrIn), nameof(SetAttrIn.Mode), 68 }, { typeof(SetAttrIn), nameof(SetAttrIn.Uid), 76 }, { typeof(SetAttrIn), nameof(SetAttrIn.Gid), 80 },
        { typeof(ReadIn), nameof(ReadIn.Size), 16 }, { typeof(ReadIn), nameof(ReadIn.LockOwner), 24 }, { typeof(ReadIn), nameof(ReadIn.Flags), 32 },
        { typeof(WriteIn), nameof(WriteIn.WriteFlags), 20 }, { typeof(LockIn), nameof(LockIn.Lock), 16 }, { typeof(LockIn), nameof(LockIn.Flags), 40 },
        { typeof(ReleaseIn), nameof(ReleaseIn.LockOwner), 16 }, { typeof(FlushIn), nameof(FlushIn.LockOwner), 16 }, { typeof(IoctlIn), nameof(IoctlIn.InSize), 24 },
        { typeof(OpenOut), nameof(OpenOut.BackingId), 12 }, { typeof(Dirent), nameof(Dirent.Type), 20 }, { typeof(DirentPlus), nameof(DirentPlus.Dirent), 128 },
        { typeof(CopyFileRangeIn), nameof(CopyFileRangeIn.NodeIdOut), 16 }, { typeof(CopyFileRangeIn), nameof(CopyFileRangeIn.Length), 40 }, { typeof(FallocateIn), nameof(FallocateIn.Mode), 24 },
        { typeof(StatxIn), nameof(StatxIn.Mask), 20 }, { typeof(NotifyDelete), nameof(NotifyDelete.NameLength), 16 }, { typeof(PollIn), nameof(PollIn.Events), 20 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Struct_has_the_kernels_size(Type type, int size)
    {
        int actual = (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
        Assert.Equal(size, actual);
    }

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Field_is_at_the_kernels_offset(Type type, string field, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf(type, field));

    [Fact]
    public void Every_operation_with_a_reply_has_a_row()
    {
        Opcode[] own = [Opcode.FORGET, Opcode.BATCH_FORGET, Opcode.INIT, Opcode.DESTROY, Opcode.INTERRUPT, Opcode.NOTIFY_REPLY, Opcode.SYNCFS];
        foreach (Opcode opcode in Enum.GetValues<Opcode>())
        {
            Assert.Equal(own.Contains(opcode), OpcodeTable.Find(opcode).Invoke is null);
        }
    }
}
