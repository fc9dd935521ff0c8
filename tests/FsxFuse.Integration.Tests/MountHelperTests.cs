namespace FsxFuse.Integration.Tests;

/// <summary>mount(8), fstab and ordinary users. Each script runs in a mount namespace of its own, so that what it installs is seen by nobody else.</summary>
[Collection(S3Collection.Name)]
public sealed class MountHelperTests(S3Server server) : IAsyncLifetime
{
    private Bucket _bucket = null!;

    public async Task InitializeAsync() => _bucket = await server.CreateBucketAsync();

    public async Task DisposeAsync() => await _bucket.DisposeAsync();

    private static string Install => Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(TestMount.Executable)))!, "scripts", "install");

    [Fact]
    public async Task Mount_umount_remount_and_fstab()
    {
        await _bucket.PutAsync("p/object", "content"u8.ToArray());
        await using TestMount mount = _bucket.NewMount("p");
        await PrivatelyAsync(mount, $$"""
            # /sbin and the units directory as they are, with a private layer on top.
            mkdir {{mount.Root}}/layers && mount -t tmpfs tmpfs {{mount.Root}}/layers
            for directory in /usr/sbin /etc/systemd/system; do
                mkdir -p $directory {{mount.Root}}/layers$directory/{upper,work}
                mount -t overlay overlay -o lowerdir=$directory,upperdir={{mount.Root}}/layers$directory/upper,workdir={{mount.Root}}/layers$directory/work $directory
            done
            {{Install}} --prefix {{mount.Root}}/usr
            DIR={{mount.Mountpoint}}

            mount -t fsxfuse {{mount.Source}} $DIR -o {{mount.Options}}
            grep " $DIR fuse.fsxfuse rw,nosuid,nodev," /proc/mounts
            [ "$(cat $DIR/object)" = content ]
            echo one > $DIR/one
            mount -o remount,ro $DIR
            grep " $DIR fuse.fsxfuse ro," /proc/mounts
            ! touch $DIR/refused 2>/dev/null
            mount -o remount,rw $DIR
            echo two > $DIR/two
            umount $DIR
            ! mountpoint -q $DIR

            # Its options are remembered; the daemon of before may still be ending.
            mount -t fsxfuse {{mount.Source}} $DIR
            [ "$(cat $DIR/one $DIR/two)" = "$(printf 'one\ntwo')" ]
            code=0; mount -t fsxfuse {{mount.Source}} $DIR 2>{{mount.Root}}/errors || code=$?
            [ $code = 32 ]
            grep '^mount.fsxfuse: .* already mounted on' {{mount.Root}}/errors
            umount $DIR

            printf '%s\n' '{{mount.Source}} {{mount.Mountpoint}} fsxfuse _netdev,nofail,noauto,user,x-systemd.automount,x-systemd.requires=network-online.target,{{mount.Options}} 0 0' > {{mount.Root}}/fstab
            mount -T {{mount.Root}}/fstab $DIR
            [ "$(cat $DIR/two)" = two ]
            {{mount.Root}}/usr/bin/fsxfuse umount $DIR --flush

            for case in "1:-o bogus_option" "32:-t fsxfuse -o ca_file=/none"; do
                code=0; mount.fsxfuse s3://no-such-bucket $DIR ${case#*:} -o {{mount.Options}} 2>{{mount.Root}}/errors || code=$?
                [ $code = ${case%%:*} ]
                [ "$(wc -l < {{mount.Root}}/errors)" = 1 ]
            done
            mount.fsxfuse s3://no-such-bucket $DIR -f -o {{mount.Options}}
            mount.fsxfuse {{mount.Source}} $DIR -s -o bogus_option,{{mount.Options}}
            umount $DIR
            """);
        Assert.Equal(["p/object", "p/one", "p/two"], (await _bucket.ListAsync()).Keys);
    }

    [Fact]
    public async Task What_is_installed_below_another_root_is_removed_again()
    {
        await using TestMount mount = _bucket.NewMount();
        await Shell.BashAsync($$"""
            export DESTDIR={{mount.Root}}/dest
            {{Install}} --prefix /usr
            [ "$(readlink $DESTDIR/sbin/mount.fsxfuse)" = /usr/lib/fsxfuse/fsxfuse ]
            [ "$(readlink $DESTDIR/usr/bin/fsxfuse)" = /usr/lib/fsxfuse/fsxfuse ]
            $DESTDIR/usr/lib/fsxfuse/fsxfuse --version
            grep -F 'ExecStart=/usr/bin/fsxfuse mount %i' $DESTDIR/etc/systemd/system/fsxfuse@.service
            {{Install}} --prefix /usr --uninstall
            [ -z "$(find $DESTDIR -not -type d)" ]
            """);
    }

    [Fact]
    public async Task An_ordinary_user_mounts_with_fusermount3()
    {
        await using TestMount mount = new("file:///unused");
        await PrivatelyAsync(mount, $$"""
            # What distributions with udev have: a device that everybody may open.
            mkdir {{mount.Root}}/dev && mount -t tmpfs tmpfs {{mount.Root}}/dev
            mknod -m 666 {{mount.Root}}/dev/fuse c 10 229 && mount --bind {{mount.Root}}/dev/fuse /dev/fuse
            # The executable may lie below a directory that only root may enter.
            mkdir {{mount.Root}}/bin && mount --bind {{Path.GetDirectoryName(TestMount.Executable)}} {{mount.Root}}/bin
            mkdir -p {{mount.Root}}/home/{repository,dir} && echo there > {{mount.Root}}/home/repository/there
            chown -R 1000:1001 {{mount.Root}}/home && chmod 755 {{mount.Root}}
            cat > {{mount.Root}}/user <<'USER'
            set -euo pipefail
            cd; fsxfuse={{mount.Root}}/bin/fsxfuse
            $fsxfuse mount file://$HOME/repository dir
            grep " $HOME/dir fuse.fsxfuse .*user_id=1000,group_id=1001" /proc/mounts
            echo mine > dir/mine; mkdir dir/sub
            [ "$(stat -c %u:%g dir/there dir/mine dir/sub | sort -u)" = 1000:1001 ]
            $fsxfuse status dir --json > status && python3 -m json.tool status > /dev/null
            $fsxfuse umount dir --flush
            cat repository/mine
            $fsxfuse mount file://$HOME/repository dir
            cat dir/mine
            fusermount3 -u dir
            ! grep " $HOME/dir " /proc/mounts
            # A killed daemon: the next mount clears what it left.
            $fsxfuse mount file://$HOME/repository dir
            echo kept > dir/kept
            kill -9 $($fsxfuse status dir --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["pid"])')
            $fsxfuse mount file://$HOME/repository dir
            [ "$(cat dir/kept)" = kept ]
            $fsxfuse umount dir
            [ -d $HOME/.local/state/fsxfuse ]
            USER
            env -u FSXFUSE_STATE_DIR -u FSXFUSE_RUN_DIR -u XDG_STATE_HOME -u XDG_RUNTIME_DIR HOME={{mount.Root}}/home \
                setpriv --reuid 1000 --regid 1001 --clear-groups --inh-caps=-all bash {{mount.Root}}/user
            """);
    }

    private static async Task PrivatelyAsync(TestMount mount, string script)
    {
        string path = Path.Combine(mount.Root, "script");
        await File.WriteAllTextAsync(path, "set -euxo pipefail\n" + script + "\n");
        ShellResult result = await Shell.RunAsync("unshare", ["-m", "bash", path], mount.Environment, seconds: 180);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}\n{result.Output}\n{result.Errors}");
    }
}
