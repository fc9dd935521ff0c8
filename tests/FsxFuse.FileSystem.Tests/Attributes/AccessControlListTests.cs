using System.Buffers.Binary;
using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

public sealed class AccessControlListTests : IAsyncLifetime
{
    private const ushort UserObj = 1, User = 2, GroupObj = 4, Mask = 16, Other = 32;

    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.CreateAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Without_a_default_list_the_umask_counts()
    {
        Node file = await _bench.MakeAsync(_bench.Root, "f", FileType.Regular | 0x1B6, umask: 0x12);
        Assert.Equal(0x1A4u, file.Row.Mode & 0xFFF);
    }

    [Fact]
    public async Task A_default_list_is_inherited_in_place_of_the_umask()
    {
        Node directory = await _bench.MakeDirectoryAsync(_bench.Root, "d");
        await _bench.MakeAsync(directory, "before");
        byte[] list = List((UserObj, 7, 0), (User, 7, 1234), (GroupObj, 5, 0), (Mask, 7, 0), (Other, 0, 0));
        Assert.Equal(Errno.None, await _bench.Xattrs.SetAsync(directory, AccessControlLists.DefaultName, list, XAttrFlags.None, false));
        Node file = await _bench.MakeAsync(directory, "f", FileType.Regular | 0x1B6, umask: 0x3F);
        Assert.Equal(0x1B0u, file.Row.Mode & 0xFFF);
        byte[] access = (await _bench.Xattrs.GetAsync(file, AccessControlLists.AccessName)).Value;
        Assert.Equal(List((UserObj, 6, 0), (User, 7, 1234), (GroupObj, 5, 0), (Mask, 6, 0), (Other, 0, 0)), access);
        Node below = await _bench.MakeDirectoryAsync(directory, "e");
        Assert.Equal(list, (await _bench.Xattrs.GetAsync(below, AccessControlLists.DefaultName)).Value);
        Assert.Equal(Errno.None, await _bench.Xattrs.RemoveAsync(directory, AccessControlLists.DefaultName));
        Node after = await _bench.MakeAsync(directory, "after", FileType.Regular | 0x1B6, umask: 0x12);
        Assert.Equal(0x1A4u, after.Row.Mode & 0xFFF);
    }

    [Fact]
    public async Task Mode_and_list_follow_each_other()
    {
        Node file = await _bench.MakeAsync(_bench.Root, "f", FileType.Regular | 0x1B6);
        byte[] list = List((UserObj, 6, 0), (User, 7, 1234), (GroupObj, 4, 0), (Mask, 5, 0), (Other, 0, 0));
        Assert.Equal(Errno.None, await _bench.Xattrs.SetAsync(file, AccessControlLists.AccessName, list, XAttrFlags.None, false));
        Assert.Equal(0x1A8u, file.Row.Mode & 0xFFF);
        Assert.Equal(Errno.None, await _bench.Changes.ChangeAsync(file, new AttributeChanges.Wanted(SetAttrMask.Mode, 0x1FC, 0, 0, 0, 0, 0, null), default));
        Assert.Equal(
            List((UserObj, 7, 0), (User, 7, 1234), (GroupObj, 4, 0), (Mask, 7, 0), (Other, 4, 0)),
            (await _bench.Xattrs.GetAsync(file, AccessControlLists.AccessName)).Value);
    }

    [Fact]
    public async Task A_list_that_says_no_more_than_the_mode_is_not_kept()
    {
        Node file = await _bench.MakeAsync(_bench.Root, "f");
        byte[] list = List((UserObj, 6, 0), (GroupObj, 0, 0), (Other, 0, 0));
        Assert.Equal(Errno.None, await _bench.Xattrs.SetAsync(file, AccessControlLists.AccessName, list, XAttrFlags.None, false));
        Assert.Equal(0x180u, file.Row.Mode & 0xFFF);
        Assert.Equal(Errno.ENODATA, (await _bench.Xattrs.GetAsync(file, AccessControlLists.AccessName)).Error);
    }

    [Fact]
    public async Task A_set_group_id_directory_gives_its_group()
    {
        Node directory = await _bench.MakeAsync(_bench.Root, "d", FileType.Directory | 0x5ED);
        Node below = await _bench.MakeDirectoryAsync(directory, "e");
        Node file = await _bench.MakeAsync(directory, "f");
        Assert.Equal((1000u, 1000u), (below.Row.Gid, file.Row.Gid));
        Assert.Equal(0x5EDu, below.Row.Mode & 0xFFF);
    }

    private static byte[] List(params (ushort Tag, ushort Permissions, uint Id)[] entries)
    {
        byte[] list = new byte[4 + (8 * entries.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(list, 2);
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> at = list.AsSpan(4 + (8 * i));
            BinaryPrimitives.WriteUInt16LittleEndian(at, entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(at[2..], entries[i].Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], entries[i].Id);
        }

        return list;
    }
}
