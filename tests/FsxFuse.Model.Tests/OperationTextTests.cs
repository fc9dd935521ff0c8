namespace FsxFuse.Model.Tests;

public sealed class OperationTextTests
{
    public static TheoryData<string> Lines =>
    [
        "0 Compare",
        "2 Open path=a/with%20space handle=3 flags=0xc42 mode=4755 as=user",
        "1 Copy handle=2 tohandle=4 offset=-1 length=9000 tooffset=4096",
        "0 Rename path=%00%C3%BFx/a to=b%0Ac flags=0x2",
        "1 SetAttribute path=a flags=0x1 length=20 seed=77 name=user.a",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_reads_back_as_itself(string line) => Assert.Equal(line, OperationText.Parse(line).ToString());

    [Theory]
    [InlineData("0")]
    [InlineData("0 Fly path=a")]
    [InlineData("0 Open wings=2")]
    public void Anything_else_is_refused(string line) => Assert.Throws<FormatException>(() => OperationText.Parse(line));
}
