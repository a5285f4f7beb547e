do return end do
